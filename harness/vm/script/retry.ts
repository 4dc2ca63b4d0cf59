import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { secondsSince } from '../elapsed.ts'
import { RequestedAssertionFailed } from '../errors.ts'

/** Pauses between tries in milliseconds: short at first, because most waits are for things about to come. */
const firstPause = 50
const longestPause = 1000

/**
 * Tries until `attempt` says true. @param attempt gets the seconds that are left
 * @throws RequestedAssertionFailed when the time is over
 */
export async function retry(
  attempt: (secondsLeft: number) => Promise<boolean>,
  timeoutSeconds: number,
): Promise<void> {
  const start = performance.now()
  for (let next = firstPause; !(await attempt(timeoutSeconds - secondsSince(start))); next *= 2) {
    const left = timeoutSeconds - secondsSince(start)
    if (left <= 0) throw timedOut(secondsSince(start), timeoutSeconds)
    await pause(Math.min(next, longestPause, left * 1000))
  }
}

/** The NixOS driver's words; its numbers are floats of Python, which always show a fraction. */
export function timedOut(seconds: number, timeoutSeconds: number): RequestedAssertionFailed {
  const limit = Number.isInteger(timeoutSeconds) ? timeoutSeconds.toFixed(1) : String(timeoutSeconds)
  return new RequestedAssertionFailed(
    `action timed out after ${seconds.toFixed(2)} seconds (timeout=${limit})`,
  )
}
