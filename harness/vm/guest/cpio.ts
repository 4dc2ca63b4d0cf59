/** One member of an archive. Paths are relative, parents must come before what lies in them. */
export type CpioEntry =
  | { type: 'folder'; path: string }
  | { type: 'file'; path: string; content: Buffer; executable: boolean }
  | { type: 'link'; path: string; target: string }
  | { type: 'device'; path: string; major: number; minor: number }

const trailer = 'TRAILER!!!'
/** File types of stat(2). */
const modes = { folder: 0o040755, link: 0o120777, device: 0o020600, file: 0o100644, program: 0o100755 }

/**
 * Writes an archive in the "new ASCII" format of cpio(5) (magic 070701), which the kernel unpacks as its first
 * root file system: a header of 13 hexadecimal numbers, the name, the content, each padded to 4 bytes. All times
 * are 0 and owners root, so equal entries give equal bytes.
 */
export function cpioArchive(entries: CpioEntry[]): Buffer {
  const members = entries.map((entry, index) => member(entry, index + 1))
  return Buffer.concat([...members, record({ number: 0, mode: 0, name: trailer, content: Buffer.alloc(0) })])
}

function member(entry: CpioEntry, number: number): Buffer {
  const name = entry.path
  const empty = Buffer.alloc(0)
  switch (entry.type) {
    case 'folder':
      return record({ number, mode: modes.folder, name, content: empty })
    case 'file':
      return record({
        number,
        mode: entry.executable ? modes.program : modes.file,
        name,
        content: entry.content,
      })
    case 'link':
      return record({ number, mode: modes.link, name, content: Buffer.from(entry.target) })
    case 'device':
      return record({ number, mode: modes.device, name, content: empty, device: [entry.major, entry.minor] })
  }
}

interface Member {
  number: number
  mode: number
  name: string
  content: Buffer
  device?: [number, number]
}

function record({ number, mode, name, content, device = [0, 0] }: Member): Buffer {
  const nameBytes = Buffer.from(`${name}\0`)
  const fields = [
    number,
    mode,
    ...[0, 0], // owner, group
    ...[1, 0], // links, time
    content.length,
    ...[0, 0], // device that holds the file
    ...device,
    nameBytes.length,
    0, // checksum, unused in this variant
  ]
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`
  return Buffer.concat([padded(Buffer.concat([Buffer.from(header), nameBytes])), padded(content)])
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}
