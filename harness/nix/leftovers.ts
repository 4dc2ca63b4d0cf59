import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { allProcesses, parentOf } from '../process/process-table.ts'

/**
 * Processes that carry a variable in their environment, found in /proc: descendants keep it, also those that
 * became daemons and whose parent is gone. Empty where there is no /proc.
 */
function processesWith(variable: string, value: string): number[] {
  const wanted = `${variable}=${value}`
  return allProcesses().filter((pid) => pid !== process.pid && environmentOf(pid).includes(wanted))
}

/**
 * The folders in which Nix builds below a process. Nix gives every builder a `NIX_BUILD_TOP` of its own, which
 * marks all that the builder starts. In a sandbox it is always /build, and there the kernel ends everything.
 */
export function buildFoldersBelow(pid: number): string[] {
  const folders = descendantsOf(pid)
    .flatMap(environmentOf)
    .filter((entry) => entry.startsWith('NIX_BUILD_TOP='))
    .map((entry) => entry.slice('NIX_BUILD_TOP='.length))
  return [...new Set(folders)].filter((folder) => folder !== '/build')
}

/** SIGKILL to every process that carries the variable with this value; resolves when none is left. */
export async function endProcessesWith(variable: string, value: string): Promise<void> {
  for (let round = 0; round < maxRounds; round++) {
    const found = processesWith(variable, value)
    if (found.length === 0) return
    for (const pid of found) kill(pid)
    await sleep(roundMs)
  }
}

/** A killed process takes a moment; one in the kernel's uninterruptible sleep may take forever. */
const maxRounds = 100
const roundMs = 20

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Empty for a process of another user and for one that is gone. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function descendantsOf(pid: number): number[] {
  const parents = new Map(allProcesses().map((one) => [one, parentOf(one)]))
  const found = new Set([pid])
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const [one, parent] of parents) if (parent !== null && found.has(parent)) found.add(one)
  }
  found.delete(pid)
  return [...found]
}
