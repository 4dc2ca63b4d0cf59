import { compareText } from '../model/compare-text.ts'
import type { Instance, Needs } from '../model/plan.ts'
import { type Budget, fits, type Load } from './budget.ts'

/**
 * The order in which instances wait: what was never measured first, largest needs ahead (it may be the longest),
 * then the measured ones, longest ahead.
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

/** One that takes more than this share of the time that is left at best must start now, or it ends last. */
const urgentShare = 0.5

/**
 * Picks what starts next. The widest first, because narrow ones fit into the gaps that it leaves and it fits into
 * none of theirs; but a long one goes first as soon as it might run alone at the end while the rest of the host
 * idles. What was never measured counts as long as the longest.
 *
 * @param waiting in start order
 * @returns its index, or -1 when nothing fits beside `load`. What fits passes what does not: with a queue that only
 * shrinks, waiting costs a wide one no more than running it first would have cost the others.
 */
export function nextToStart(waiting: readonly Instance[], load: Load, budget: Budget): number {
  const longest = Math.max(1, ...waiting.map(({ expectedSeconds }) => expectedSeconds ?? 0))
  const secondsOf = ({ expectedSeconds }: Instance) => expectedSeconds ?? longest
  const urgent = urgentShare * shortestTime(waiting, secondsOf, budget)
  let best = -1
  let bestRank: [number, number] = [0, 0]
  for (const [index, instance] of waiting.entries()) {
    if (!fits(instance.needs, load, budget)) continue
    const seconds = secondsOf(instance)
    // What is urgent has a width that nothing has.
    const rank: [number, number] = [seconds > urgent ? 2 : widthOf(instance.needs, budget), seconds]
    if (best >= 0 && (rank[0] - bestRank[0] || rank[1] - bestRank[1]) <= 0) continue
    best = index
    bestRank = rank
  }
  return best
}

/** The share of the budget that it holds, of what it holds most of; at most 1. */
function widthOf(needs: Needs, { memoryMiB, cores, jobs }: Budget): number {
  const shares = [needs.memoryMiB / memoryMiB, cores === null ? 0 : needs.cores / cores, jobs ? 1 / jobs : 0]
  return Math.min(1, Math.max(...shares))
}

/** No schedule of these can be shorter: the work on each resource over what there is of it. */
function shortestTime(
  instances: readonly Instance[],
  secondsOf: (instance: Instance) => number,
  { memoryMiB, cores, jobs }: Budget,
): number {
  let work = { memory: 0, cores: 0, jobs: 0 }
  for (const instance of instances) {
    const seconds = secondsOf(instance)
    work = {
      memory: work.memory + seconds * instance.needs.memoryMiB,
      cores: work.cores + seconds * instance.needs.cores,
      jobs: work.jobs + seconds,
    }
  }
  return Math.max(
    work.memory / memoryMiB,
    cores === null ? 0 : work.cores / cores,
    jobs ? work.jobs / jobs : 0,
  )
}
