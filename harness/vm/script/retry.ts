import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { secondsSince } from '../elapsed.ts'
import { RequestedAssertionFailed } from '../errors.ts'

/** Pauses between tries in milliseconds: short at first, because most waits are for things about to come. */
const firstPause = 50
const longestPause = 1000

/** What one try of a wait saw. */
export interface Sight {
  /** What is waited for is there. */
  isThere: boolean
  /** What was seen instead, as the end of a sentence, such as `the last try exited with code 1`. */
  saw: string
  /** What the try printed. */
  output: string
}

/**
 * Tries until something is there.
 *
 * @param attempt gets the seconds that are left. It throws when what is waited for cannot come any more
 * @returns what the last try saw. @throws RequestedAssertionFailed when the time is over
 */
export async function retry(
  attempt: (secondsLeft: number) => Promise<Sight>,
  timeoutSeconds: number,
): Promise<Sight> {
  const start = performance.now()
  for (let next = firstPause; ; next *= 2) {
    const sight = await attempt(timeoutSeconds - secondsSince(start))
    if (sight.isThere) return sight
    const left = timeoutSeconds - secondsSince(start)
    if (left <= 0) throw timedOut(secondsSince(start), timeoutSeconds, sight)
    await pause(Math.min(next, longestPause, left * 1000))
  }
}

/**
 * The NixOS driver's words, and behind them what was seen last; its numbers are floats of Python, which always show
 * a fraction.
 */
export function timedOut(
  seconds: number,
  timeoutSeconds: number,
  { saw, output }: Omit<Sight, 'isThere'>,
): RequestedAssertionFailed {
  const limit = Number.isInteger(timeoutSeconds) ? timeoutSeconds.toFixed(1) : String(timeoutSeconds)
  return new RequestedAssertionFailed(
    `action timed out after ${seconds.toFixed(2)} seconds (timeout=${limit}): ${saw}`,
    output === '' ? null : output,
  )
}
