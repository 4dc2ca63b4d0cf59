import { allProcesses, parentOf } from './process-table.ts'

/**
 * Sends SIGKILL to a process and all its descendants. Nix's builders sit in sessions of their own, so a
 * process group alone does not reach them. All are stopped first: a parent must not start another child while
 * the list is made.
 */
export function killTree(pid: number): void {
  killAll([pid], new Set())
}

/** Sends SIGKILL to everything that this process has started, and to all their descendants. */
export function killDescendants(): void {
  const self = new Set([process.pid])
  killAll(childrenOf(self), self)
}

/** Sends SIGKILL to whoever is left of the process group that a process once led. */
export function killGroup(leader: number): void {
  signal(-leader, 'SIGKILL')
}

/** @param spared their children are found, but they themselves go on */
function killAll(first: number[], spared: ReadonlySet<number>): void {
  const seen = new Set(spared)
  for (let found = first; found.length > 0; found = childrenOf(seen)) {
    for (const one of found) {
      seen.add(one)
      signal(one, 'SIGSTOP')
    }
  }
  for (const one of seen) if (!spared.has(one)) signal(one, 'SIGKILL')
}

function childrenOf(parents: Set<number>): number[] {
  return allProcesses().filter((pid) => {
    if (parents.has(pid)) return false
    const parent = parentOf(pid)
    return parent !== null && parents.has(parent)
  })
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone already.
  }
}
