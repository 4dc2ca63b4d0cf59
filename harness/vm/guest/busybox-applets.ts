/** What every usual configuration of busybox begins its list with, each name ending in NUL. */
const listStart = '[\0[[\0'

/**
 * Names of the programs that a busybox binary stands for. They lie in it as one sorted list of strings; asking the
 * binary itself (`busybox --list`) would need a processor of its kind.
 *
 * @throws Error when there is no such list
 */
export function busyboxApplets(binary: Buffer): string[] {
  const start = binary.indexOf(listStart)
  // An empty string ends the list.
  const end = start < 0 ? -1 : binary.indexOf('\0\0', start)
  if (end < 0) throw new Error('this busybox has no list of its programs where others have it')
  return binary.toString('latin1', start, end).split('\0')
}
