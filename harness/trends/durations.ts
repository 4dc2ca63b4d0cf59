import { driftOf } from './drift.ts'
import { median } from './median.ts'

/** How durations have moved, all in seconds. */
export interface DurationTrend {
  /** Median of all; null without any. */
  median: number | null
  /** Median of the newest few over the median of those before; null with too few. */
  ratio: number | null
  /** Probability of such a difference if nothing had changed. */
  chance: number
  /** `unknown`: with so few attempts nothing could be proven. */
  direction: 'slower' | 'faster' | 'steady' | 'unknown'
}

const words = { higher: 'slower', lower: 'faster', steady: 'steady', unknown: 'unknown' } as const

/** @param seconds oldest first, of attempts that passed: a failed one ends when it fails */
export function durationTrend(seconds: readonly number[]): DurationTrend {
  const { ratio, chance, direction } = driftOf(seconds)
  return { median: median(seconds), ratio, chance, direction: words[direction] }
}
