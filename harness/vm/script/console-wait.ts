import { performance } from 'node:perf_hooks'
import { secondsSince } from '../elapsed.ts'
import type { Machine } from '../machine/machine.ts'
import { timedOut } from './retry.ts'

const linesTold = 5

/** Waits for a console line that no such wait has looked at. @throws RequestedAssertionFailed when the time is over */
export async function waitForConsole(machine: Machine, pattern: RegExp, seconds: number): Promise<void> {
  const start = performance.now()
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), seconds * 1000)
  try {
    if (await machine.consoleText(pattern, limit.signal)) return
  } finally {
    clearTimeout(timer)
  }
  const last = machine.lastConsoleLines(linesTold)
  const saw = last.length === 0 ? 'the console is empty' : `its last line is ${JSON.stringify(last.at(-1))}`
  throw timedOut(secondsSince(start), seconds, { saw, output: last.join('\n') })
}
