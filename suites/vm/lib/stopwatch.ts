import { performance } from 'node:perf_hooks'

/** Starts to count. @returns a function that says how many seconds have passed, to the millisecond */
export function stopwatch(): () => number {
  const start = performance.now()
  return () => Math.round(performance.now() - start) / 1000
}
