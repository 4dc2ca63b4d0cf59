/** What nearly every configuration of busybox begins its list with, each name ending in NUL. */
const listStart = '\0[\0[[\0'

/**
 * Names of the programs that a busybox binary stands for. They lie in it as one sorted list of strings; asking the
 * binary itself (`busybox --list`) would need a processor of its kind.
 */
export function busyboxApplets(binary: Buffer): string[] {
  const start = binary.indexOf(listStart)
  if (start < 0) return []
  // An empty string ends the list.
  const end = binary.indexOf('\0\0', start + 1)
  return binary.toString('latin1', start + 1, end < 0 ? start + 1 : end).split('\0')
}
