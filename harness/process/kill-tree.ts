import { readdirSync, readFileSync } from 'node:fs'

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
  const children: number[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || parents.has(pid)) continue
    const parent = parentOf(pid)
    if (parent !== null && parents.has(parent)) children.push(pid)
  }
  return children
}

/** Field 4 of /proc/PID/stat, behind the command in parentheses, which may hold anything: proc(5). */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone already.
  }
}
