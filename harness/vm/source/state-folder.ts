import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Unix socket's path has at most 107 bytes; a node's name and a suffix come behind the folder. */
const longestFolder = 60

const open = new Set<string>()

/** A folder for a driver's sockets, with a short path. Gone when this process exits, if not before. */
export function makeStateFolder(): string {
  if (open.size === 0) process.once('exit', removeAll)
  const parent = tmpdir().length > longestFolder ? '/tmp' : tmpdir()
  const folder = mkdtempSync(join(parent, 'vmproof-'))
  open.add(folder)
  return folder
}

/** Removes a folder that `makeStateFolder` has made; the driver may have done so already. */
export function removeStateFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  open.delete(folder)
  if (open.size === 0) process.off('exit', removeAll)
}

function removeAll(): void {
  for (const folder of open) rmSync(folder, { recursive: true, force: true })
}
