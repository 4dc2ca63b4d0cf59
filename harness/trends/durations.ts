import { greaterByChance } from './rank-sum.ts'

/** A change is told when chance alone would show it in fewer than one of a hundred comparisons. */
export const significance = 0.01

/** So many of the newest durations are held against those before them. */
const recentCount = 3
/** Older ones say little about today, and the exact test grows with them. */
const mostEarlier = 100

/** How durations have moved, all in seconds. */
export interface DurationTrend {
  /** Median of all; null without any. */
  median: number | null
  /** Median of the newest few over the median of those before; null with too few. */
  ratio: number | null
  /** Probability of such a difference if nothing had changed. */
  chance: number
  direction: 'slower' | 'faster' | 'steady'
}

/** @param seconds oldest first, of attempts that passed: a failed one ends when it fails */
export function durationTrend(seconds: readonly number[]): DurationTrend {
  const recent = seconds.slice(-recentCount)
  const earlier = seconds.slice(0, -recentCount).slice(-mostEarlier)
  const all = median(seconds)
  if (earlier.length === 0) return { median: all, ratio: null, chance: 1, direction: 'steady' }
  const slower = greaterByChance(earlier, recent)
  const faster = greaterByChance(
    earlier.map((one) => -one),
    recent.map((one) => -one),
  )
  const direction = slower < significance ? 'slower' : faster < significance ? 'faster' : 'steady'
  const before = median(earlier)
  const now = median(recent)
  return {
    median: all,
    ratio: before && now !== null ? now / before : null,
    chance: Math.min(slower, faster),
    direction,
  }
}

/** @returns null for no values */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}
