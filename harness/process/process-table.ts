import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

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

/** Field 4 of /proc/PID/stat: proc(5). @returns null for a process that is gone */
export function parentOf(pid: number): number | null {
  const fields = statOf(pid)
  return fields && Number(fields[1])
}

/** A process as no other one is, also when its number is given out again. */
export interface ProcessIdentity {
  pid: number
  /** When it was started, in the kernel's ticks since it booted; null where there is no /proc. */
  startTicks: number | null
  /** The kernel's boot and the namespace that the number holds in; null where the kernel does not tell. */
  place: string | null
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startTicks: startTicksOf(process.pid), place: ownPlace() }
}

/** Whether a process still runs; null when it is none of this host's, so that it cannot be told. */
export function isRunning({ pid, startTicks, place }: ProcessIdentity): boolean | null {
  if (place !== ownPlace()) return null
  if (startTicks !== null) return startTicksOf(pid) === startTicks
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Field 22 of /proc/PID/stat; null for a process that is gone. One that has ended and was not waited for is gone. */
function startTicksOf(pid: number): number | null {
  const fields = statOf(pid)
  return fields === null || fields[0] === 'Z' ? null : Number(fields[19])
}

function ownPlace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return null
  }
}

/** Fields of /proc/PID/stat from the third on; the second is the command in parentheses, which may hold anything. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}
