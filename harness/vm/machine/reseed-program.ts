/**
 * A program for x86-64 Linux that makes the kernel forget its random number generator's state: the ioctl
 * RNDRESEEDCRNG (random(4)) on /dev/urandom; exits with the errno. No shell has a command for that, and kernels for
 * virtual machines such as Debian's are built without vmgenid. Small enough to be sent with a `printf`.
 */
export function reseedProgram(): Buffer {
  const code = Buffer.from(
    [
      '488d3d27000000', // lea rdi, [rip + path]
      'be02000000', //     mov esi, O_RDWR
      'b802000000', //     mov eax, SYS_open
      '0f05', //           syscall
      '89c7', //           mov edi, eax
      'be07520000', //     mov esi, RNDRESEEDCRNG
      '31d2', //           xor edx, edx
      'b810000000', //     mov eax, SYS_ioctl
      '0f05', //           syscall
      '89c7', //           mov edi, eax
      'f7df', //           neg edi
      'b83c000000', //     mov eax, SYS_exit
      '0f05', //           syscall
      Buffer.from('/dev/urandom\0').toString('hex'),
    ].join(''),
    'hex',
  )
  return Buffer.concat([elfHeader(headersLength + code.length), code])
}

const headersLength = 64 + 56
const loadAddress = 0x400000n

/** An ELF header and one program header, which loads the whole file: elf(5). @param size of the file */
function elfHeader(size: number): Buffer {
  const header = Buffer.alloc(headersLength)
  header.write('7f454c46020101', 'hex') // 64 bit, little-endian, version 1
  header.writeUInt16LE(2, 16) // ET_EXEC
  header.writeUInt16LE(62, 18) // EM_X86_64
  header.writeUInt32LE(1, 20) // version
  header.writeBigUInt64LE(loadAddress + BigInt(headersLength), 24) // entry
  header.writeBigUInt64LE(64n, 32) // offset of the program headers
  header.writeUInt16LE(64, 52) // size of this header
  header.writeUInt16LE(56, 54) // size of a program header
  header.writeUInt16LE(1, 56) // one of them
  header.writeUInt32LE(1, 64) // PT_LOAD
  header.writeUInt32LE(5, 68) // readable, executable
  header.writeBigUInt64LE(loadAddress, 80)
  header.writeBigUInt64LE(loadAddress, 88)
  header.writeBigUInt64LE(BigInt(size), 96)
  header.writeBigUInt64LE(BigInt(size), 104)
  header.writeBigUInt64LE(0x1000n, 112)
  return header
}
