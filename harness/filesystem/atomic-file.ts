import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a whole file: it appears complete or not at all, so that whoever reads it meanwhile sees the old one.
 * @throws the operating system's error; nothing is left behind then
 */
export function writeAtomically(path: string, content: string | Iterable<string>): void {
  const scratch = join(dirname(path), `.${basename(path)}.${process.pid}`)
  try {
    const descriptor = openSync(scratch, 'w')
    try {
      for (const piece of typeof content === 'string' ? [content] : content) {
        writeAll(descriptor, Buffer.from(piece))
      }
    } finally {
      closeSync(descriptor)
    }
    renameSync(scratch, path)
  } catch (error) {
    rmSync(scratch, { force: true })
    throw error
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(writeSync(descriptor, rest))
}
