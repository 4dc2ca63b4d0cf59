import { compareText } from '../model/compare-text.ts'
import type { Instance } from '../model/plan.ts'

/**
 * The order in which instances are offered to the budget: what was never measured first, largest needs ahead
 * (it may be the longest), then the measured ones, longest ahead. A long one started last would run alone
 * while the rest of the host idles.
 */
export function inStartOrder(instances: Instance[]): Instance[] {
  return [...instances].sort(
    (a, b) =>
      duration(b) - duration(a) ||
      b.needs.memoryMiB - a.needs.memoryMiB ||
      b.needs.cores - a.needs.cores ||
      compareText(a.id, b.id),
  )
}

/** A number that sorts: Infinity minus Infinity would be none. */
function duration(instance: Instance): number {
  return instance.expectedSeconds ?? Number.MAX_VALUE
}
