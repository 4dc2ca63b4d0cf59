import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'

/** A file beside a run's reports. */
export interface RunFile {
  path: string
  bytes: number
  /** From the run's folder, as a URL that stays below `./` or `../` whatever the names hold. */
  href: string
}

/** A regular file; null when there is none. @param folder of the run @param name relative to it */
export function runFile(folder: string, name: string): RunFile | null {
  const path = join(folder, name)
  try {
    const status = statSync(path)
    return status.isFile() ? { path, bytes: status.size, href: hrefOf(name) } : null
  } catch {
    return null
  }
}

/**
 * A file that a script named: anything may be printed, so it counts only where it really lies below the attempt's folder.
 * @param attempt folder of the attempt, relative to the run's
 */
export function attachedFile(folder: string, attempt: string, name: string): RunFile | null {
  if (isAbsolute(name)) return null
  for (const parent of [join(attempt, 'output'), attempt]) {
    const file = runFile(folder, join(parent, name))
    if (file && isBelow(file.path, join(folder, attempt))) return file
  }
  return null
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(realpathSync(folder), realpathSync(path))
  return way !== '' && !way.startsWith('..') && !isAbsolute(way)
}

function hrefOf(name: string): string {
  return `./${name.split('/').map(encodeURIComponent).join('/')}`
}

const pngMagic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Whether a file is a PNG by its first bytes, whatever it is called. */
export function isPng(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    try {
      const first = Buffer.alloc(pngMagic.length)
      readSync(file, first)
      return first.equals(pngMagic)
    } finally {
      closeSync(file)
    }
  } catch {
    return false
  }
}
