import { closeSync, openSync, readSync } from 'node:fs'

/** Chunks that the engine's fast memory for young objects takes well; read several at once. */
const chunkSize = 64 * 1024
const readSize = 8 * chunkSize

/**
 * The bytes of a file, in chunks that hold only until the next one is asked for: one buffer serves the whole file.
 * @throws the operating system's error
 */
export function* chunksOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(readSize)
    for (;;) {
      const length = readSync(file, buffer, 0, readSize, null)
      if (length === 0) return
      for (let at = 0; at < length; at += chunkSize) {
        yield buffer.subarray(at, Math.min(at + chunkSize, length))
      }
    }
  } finally {
    closeSync(file)
  }
}

/** A program that logs are packed with, and the command that unpacks to standard output. */
export interface Packer {
  name: string
  command: string
}

/** By their magic numbers; Nix keeps its own logs as bzip2. */
const packers: (Packer & { magic: number[] })[] = [
  { name: 'gzip', command: 'zcat', magic: [0x1f, 0x8b] },
  { name: 'bzip2', command: 'bzcat', magic: [0x42, 0x5a, 0x68] },
  { name: 'xz', command: 'xzcat', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { name: 'zstd', command: 'zstdcat', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'zip', command: 'unzip -p', magic: [0x50, 0x4b, 0x03, 0x04] },
]

/** What an input that begins like this was packed with; null for anything else. */
export function packerOf(first: Uint8Array): Packer | null {
  return packers.find(({ magic }) => magic.every((byte, at) => first[at] === byte)) ?? null
}
