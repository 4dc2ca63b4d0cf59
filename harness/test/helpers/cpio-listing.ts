/** A member of an archive in cpio's "new ASCII" format, as its header has it. */
export interface CpioMember {
  /** Type and permissions as stat(2) has them, in octal: `100755` is a program. */
  mode: string
  uid: number
  /** Content of a file, target of a link. */
  content: string
}

/** Members by their paths. */
export function cpioListing(archive: Buffer): Map<string, CpioMember> {
  const members = new Map<string, CpioMember>()
  for (let at = 0; ; ) {
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16)
    const nameEnd = at + 110 + field(11)
    const name = archive.toString('utf8', at + 110, nameEnd - 1)
    if (name === 'TRAILER!!!') return members
    const start = Math.ceil(nameEnd / 4) * 4
    const content = archive.toString('latin1', start, start + field(6))
    members.set(name, { mode: field(1).toString(8), uid: field(2), content })
    at = Math.ceil((start + field(6)) / 4) * 4
  }
}
