import type { SeriesHistory } from '../../data.ts'

/** Ways to sort what is known of checks. */
export const orders = {
  attention: 'what needs attention',
  name: 'name',
  time: 'time',
} as const

export type Order = keyof typeof orders

/** @param history by name */
export function sorted(history: readonly SeriesHistory[], order: Order): SeriesHistory[] {
  switch (order) {
    case 'name':
      return [...history]
    case 'time':
      return history.toSorted((a, b) => (b.trend.duration.median ?? 0) - (a.trend.duration.median ?? 0))
    case 'attention':
      return history.toSorted((a, b) => concern(b) - concern(a))
  }
}

/** Proven flakiness, then how often it fails and changes its mind, then whether it got slower. */
function concern({ trend: { flakiness, passRate, duration } }: SeriesHistory): number {
  const slower = duration.direction === 'slower' ? 0.1 : 0
  return Number(flakiness.proven) + flakiness.score + (1 - (passRate ?? 1)) + slower
}
