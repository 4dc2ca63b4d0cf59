import { performance } from 'node:perf_hooks'

/** Seconds that have passed. @param start a time of `performance.now()` */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}
