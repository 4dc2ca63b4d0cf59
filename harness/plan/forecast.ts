import type { Instance } from '../model/plan.ts'
import { type Budget, noLoad, release, take } from './budget.ts'
import type { GroupRules } from './groups.ts'
import { inStartOrder, nextToStart } from './order.ts'

/** By what a plan is carried out. */
export interface ForecastRules {
  budget: Budget
  groups: GroupRules
}

/** What is left of a run. */
export interface LeftOver {
  waiting: readonly Instance[]
  /** `elapsed`: seconds of test time that the present attempt has had. */
  running: readonly { instance: Instance; elapsed: number }[]
}

/** Of what is left, this share must have been measured before; the rest counts as long as the mean of it. */
const measuredShare = 0.75

/** Beyond this the way to the end is not walked, which takes the square of their number, but bounded from below. */
const walkedAtMost = 100

/** What has taken so many times as long as usual (and not just a moment more) may as well hang. */
const overdue = { factor: 2, seconds: 10 }

/**
 * How many seconds are left, by the past durations of checks: the dispatcher's own rules are followed with nobody
 * waiting for the clock. What takes longer than usual is expected to need a tenth of its time more. Everything is
 * expected to pass: what skips or repeats checks is not foreseen.
 *
 * @returns null when too little is known: too few were measured, or one is long overdue
 */
export function secondsLeft({ waiting, running }: LeftOver, rules: ForecastRules): number | null {
  if (running.some(({ instance, elapsed }) => isOverdue(instance, elapsed))) return null
  const expected = [...waiting, ...running.map(({ instance }) => instance)].map((one) => one.expectedSeconds)
  const measured = expected.filter((seconds) => seconds !== null)
  if (measured.length === 0 || measured.length < measuredShare * expected.length) return null
  const mean = measured.reduce((sum, seconds) => sum + seconds, 0) / measured.length
  const known = waiting.map((one) => ({ ...one, expectedSeconds: one.expectedSeconds ?? mean }))
  const begun = running.map(({ instance, elapsed }) => ({
    instance,
    endsAt: stillNeeds(instance.expectedSeconds ?? mean, elapsed),
  }))
  return known.length > walkedAtMost ? leastSeconds(known, begun, rules.budget) : walk(known, begun, rules)
}

/** Falls without a jump, and never to nothing. */
function stillNeeds(expected: number, elapsed: number): number {
  return Math.max(expected - elapsed, elapsed / 10)
}

function isOverdue({ expectedSeconds }: Instance, elapsed: number): boolean {
  return (
    expectedSeconds !== null &&
    elapsed > overdue.factor * expectedSeconds &&
    elapsed > expectedSeconds + overdue.seconds
  )
}

interface Begun {
  instance: Instance
  /** Seconds from now. */
  endsAt: number
}

/** Starts what may start, waits for the next end, until nothing is left. */
function walk(waiting: Instance[], begun: Begun[], { budget, groups }: ForecastRules): number {
  const queue = inStartOrder(waiting)
  const running = [...begun]
  let load = running.reduce((sum, { instance }) => take(sum, instance.needs), noLoad)
  let now = 0
  for (;;) {
    const beside = running.map(({ instance }) => instance)
    const unfinished = [...beside, ...queue]
    const ready = queue.filter((one) => groups.admits(one, beside) && !groups.waitsFor(one, unfinished))
    const next = ready[nextToStart(ready, load, budget)]
    if (next) {
      queue.splice(queue.indexOf(next), 1)
      load = take(load, next.needs)
      running.push({ instance: next, endsAt: now + (next.expectedSeconds ?? 0) })
      continue
    }
    const first = running.reduce<Begun | null>((a, b) => (a && a.endsAt <= b.endsAt ? a : b), null)
    // What never may start ends the walk too.
    if (!first) return now
    now = first.endsAt
    load = release(load, first.instance.needs)
    running.splice(running.indexOf(first), 1)
  }
}

/** No schedule is shorter: the work on the scarcest part of the budget over what there is of it, and the longest. */
function leastSeconds(waiting: Instance[], begun: Begun[], { memoryMiB, cores, jobs }: Budget): number {
  const all = [
    ...waiting.map(({ needs, expectedSeconds }) => ({ needs, seconds: expectedSeconds ?? 0 })),
    ...begun.map(({ instance, endsAt }) => ({ needs: instance.needs, seconds: endsAt })),
  ]
  let work = { memory: 0, cores: 0, jobs: 0, longest: 0 }
  for (const { needs, seconds } of all) {
    work = {
      memory: work.memory + seconds * needs.memoryMiB,
      cores: work.cores + seconds * needs.cores,
      jobs: work.jobs + seconds,
      longest: Math.max(work.longest, seconds),
    }
  }
  const cost = [work.memory / memoryMiB, cores ? work.cores / cores : 0, jobs ? work.jobs / jobs : 0]
  return Math.max(work.longest, ...cost)
}
