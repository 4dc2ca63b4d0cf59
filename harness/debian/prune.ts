import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const hourMs = 3_600_000
/** What was used so recently may be in use. */
const sparedMs = 2 * hourMs
/** Scratch that a killed process left behind. */
const scratchMs = 6 * hourMs

/** How much of a folder may stay. */
export interface Bound {
  bytes: number
  /** What was not used for so many days goes in any case. */
  days: number
}

/**
 * Removes what was used least recently from a cache, until the rest is within bounds. Use is told by the time of an
 * entry of the folder; names that begin with a dot are scratch.
 */
export function prune(folder: string, bound: Bound, now = Date.now()): void {
  const entries = entriesOf(folder).sort((a, b) => b.usedMs - a.usedMs)
  let bytes = 0
  for (const { path, usedMs, isScratch } of entries) {
    const age = now - usedMs
    const size = isScratch ? 0 : sizeOf(path)
    const isKept = isScratch
      ? age < scratchMs
      : age < sparedMs || (bytes + size <= bound.bytes && age < bound.days * 24 * hourMs)
    if (isKept) bytes += size
    else rmSync(path, { recursive: true, force: true })
  }
}

function entriesOf(folder: string): { path: string; usedMs: number; isScratch: boolean }[] {
  try {
    return readdirSync(folder).map((name) => {
      const path = join(folder, name)
      return { path, usedMs: statSync(path).mtimeMs, isScratch: name.startsWith('.') }
    })
  } catch {
    return []
  }
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}
