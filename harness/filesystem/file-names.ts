import { contentHash } from '../process/content-hash.ts'

/** A file name that Linux takes has 255 bytes at most; this leaves room for an ending. */
const longest = 120

/**
 * A name made by others (a check, a node that a guest's console claims) as the name of one file. Names of
 * letters, digits and `._+@-` stay as they are; whatever else is replaced, with a hash behind it so that two
 * names never share a file.
 * @param taken names that mean something else in the same folder
 */
export function safeFileName(name: string, taken: readonly string[] = []): string {
  const safe = name.replace(/[^\w.+@-]/g, '_').slice(0, longest)
  const speaksForItself = safe === name && !/^[.-]/.test(name) && name !== '' && !taken.includes(name)
  if (speaksForItself) return name
  const hash = contentHash(name).slice(0, 8)
  return `${safe.replace(/^[.-]|^$/, '_')}-${hash}`
}
