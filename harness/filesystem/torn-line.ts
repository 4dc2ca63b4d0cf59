import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/**
 * Whether a file's last line has no end: its writer was killed, or met a full disk. What is appended next needs a line
 * of its own. @param file descriptor that can be read
 */
export function endsTorn(file: number): boolean {
  const { size } = fstatSync(file)
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(file, last, 0, 1, size - 1)
  return last[0] !== 10
}

/** The same by path; a file that is not there, or cannot be read, does not. */
export function fileEndsTorn(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    try {
      return endsTorn(file)
    } finally {
      closeSync(file)
    }
  } catch {
    return false
  }
}
