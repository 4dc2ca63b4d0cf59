import { median } from './median.ts'
import { greaterByChance } from './rank-sum.ts'

/** A change is told when chance alone would show it in fewer than one of a hundred comparisons, each way. */
export const significance = 0.01

/** So many of the newest values are held against those before them. */
export const recentCount = 3
/** Older ones say little about today, and the exact test grows with them. */
const mostEarlier = 100

/**
 * With fewer values than this, the newest included, no order of them is improbable enough to prove anything: of n
 * values the newest 3 are the largest by chance in one of n! / 3! (n-3)! cases, and 10 are the first with more than 100.
 */
export const leastValues = 10

/** How a measured value has moved. */
export interface Drift {
  /** Values that were compared, the newest included. */
  values: number
  /** Median of the newest few over the median of those before; null with too few, or when those were zero. */
  ratio: number | null
  /** Median of those before the newest few; null without any. */
  before: number | null
  /** Probability of such a difference in this direction if nothing had changed. */
  chance: number
  /** `unknown`: with so few values nothing could be proven. */
  direction: 'higher' | 'lower' | 'steady' | 'unknown'
}

/** Holds the newest values against those before them, by the exact rank-sum test. @param values oldest first */
export function driftOf(values: readonly number[]): Drift {
  const recent = values.slice(-recentCount)
  const earlier = values.slice(0, -recentCount).slice(-mostEarlier)
  const higher = greaterByChance(earlier, recent)
  const lower = greaterByChance(earlier.map(negated), recent.map(negated))
  const [before, now] = [median(earlier), median(recent)]
  return {
    values: recent.length + earlier.length,
    ratio: before && now !== null ? now / before : null,
    before,
    chance: Math.min(higher, lower),
    direction:
      recent.length + earlier.length < leastValues
        ? 'unknown'
        : higher < significance
          ? 'higher'
          : lower < significance
            ? 'lower'
            : 'steady',
  }
}

function negated(value: number): number {
  return -value
}
