import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a whole file: it appears complete or not at all, so that whoever reads it meanwhile sees the old one.
 * @throws the operating system's error; nothing is left behind then
 */
export function writeAtomically(path: string, content: string | Uint8Array | Iterable<string>): void {
  const scratch = scratchOf(path)
  try {
    const descriptor = openSync(scratch, 'w')
    try {
      for (const piece of isWhole(content) ? [content] : content) writeAll(descriptor, Buffer.from(piece))
    } finally {
      closeSync(descriptor)
    }
    renameSync(scratch, path)
  } catch (error) {
    rmSync(scratch, { force: true })
    throw error
  }
}

/** The same for a file that is made while it is written. @throws what `content` throws, too */
export async function writeStreamAtomically(path: string, content: AsyncIterable<string>): Promise<void> {
  const scratch = scratchOf(path)
  try {
    const file = await open(scratch, 'w')
    try {
      for await (const piece of content) await file.writeFile(piece)
    } finally {
      await file.close()
    }
    renameSync(scratch, path)
  } catch (error) {
    rmSync(scratch, { force: true })
    throw error
  }
}

function isWhole(content: string | Uint8Array | Iterable<string>): content is string | Uint8Array {
  return typeof content === 'string' || content instanceof Uint8Array
}

function scratchOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}`)
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(writeSync(descriptor, rest))
}
