import { performance } from 'node:perf_hooks'

/** Seconds that have passed. @param start a time of `performance.now()` */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}

/** A timer can wait for so many milliseconds, which are 24 days; asked for more, it would not wait at all. */
const longestTimer = 2 ** 31 - 1

/** Calls back after a time. */
export function afterSeconds(seconds: number, then: () => void): NodeJS.Timeout {
  return setTimeout(then, Math.min(seconds * 1000, longestTimer))
}
