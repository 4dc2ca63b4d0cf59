/** Numbers of a user and a group. */
export interface Owner {
  uid: number
  gid: number
}

/** One member of an archive. Paths are relative, parents must come before what lies in them. */
export type CpioEntry =
  /** `mode`: the permission bits of stat(2), set-user-id and the like included. */
  | { type: 'folder'; path: string; mode: number; owner?: Owner }
  | { type: 'file'; path: string; mode: number; content: Buffer }
  | { type: 'link'; path: string; target: string }
  | { type: 'device'; path: string; major: number; minor: number }

const trailer = 'TRAILER!!!'
const permissionBits = 0o7777
/** File types of stat(2). */
const kinds = { folder: 0o040000, link: 0o120777, device: 0o020600, file: 0o100000 }
const empty = Buffer.alloc(0)
const root: Owner = { uid: 0, gid: 0 }

/**
 * Writes an archive in the "new ASCII" format of cpio(5) (magic 070701), which the kernel unpacks as its first
 * root file system: a header of 13 hexadecimal numbers, the name, the content, each padded to 4 bytes. All times
 * are 0, owners are root where nothing else is said, so equal entries give equal bytes.
 *
 * @returns the archive in pieces, in order
 */
export function* cpioRecords(entries: Iterable<CpioEntry>): Iterable<Buffer> {
  let number = 1
  for (const entry of entries) yield* member(entry, number++)
  yield* record({ number: 0, mode: 0, name: trailer, content: empty })
}

/** The same in one piece. */
export function cpioArchive(entries: Iterable<CpioEntry>): Buffer {
  return Buffer.concat([...cpioRecords(entries)])
}

function member(entry: CpioEntry, number: number): Buffer[] {
  const name = entry.path
  switch (entry.type) {
    case 'folder':
      return record({
        number,
        mode: kinds.folder | (entry.mode & permissionBits),
        name,
        content: empty,
        owner: entry.owner ?? root,
      })
    case 'file':
      return record({
        number,
        mode: kinds.file | (entry.mode & permissionBits),
        name,
        content: entry.content,
      })
    case 'link':
      return record({ number, mode: kinds.link, name, content: Buffer.from(entry.target) })
    case 'device':
      return record({ number, mode: kinds.device, name, content: empty, device: [entry.major, entry.minor] })
  }
}

interface Member {
  number: number
  mode: number
  name: string
  content: Buffer
  owner?: Owner
  device?: [number, number]
}

function record({ number, mode, name, content, owner = root, device = [0, 0] }: Member): Buffer[] {
  const nameBytes = Buffer.from(`${name}\0`)
  const fields = [
    number,
    mode,
    ...[owner.uid, owner.gid],
    ...[1, 0], // links, time
    content.length,
    ...[0, 0], // device that holds the file
    ...device,
    nameBytes.length,
    0, // checksum, unused in this variant
  ]
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`)
  return [
    Buffer.concat([header, nameBytes, padding(header.length + nameBytes.length)]),
    content,
    padding(content.length),
  ]
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4)
}
