import { readdirSync, readFileSync } from 'node:fs'

/** Ids of all processes on this host, our own included; none where there is no /proc. */
export function allProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => Number.isInteger(pid))
  } catch {
    return []
  }
}

/**
 * Field 4 of /proc/PID/stat, behind the command in parentheses, which may hold anything: proc(5).
 * @returns null for a process that is gone
 */
export function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}
