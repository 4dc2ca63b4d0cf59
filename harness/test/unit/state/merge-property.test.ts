import { describe, expect, test } from 'vitest'
import type { CheckReport, RunReport } from '../../../model/report.ts'
import { type JunitGranularity, junitGranularities } from '../../../model/run-defaults.ts'
import type { RunEvent, UnstampedRunEvent } from '../../../model/run-event.ts'
import { formatJunit } from '../../../reporters/junit.ts'
import { mergeRuns } from '../../../state/merge.ts'
import { emptyRun, foldRunEvent, toRunReport } from '../../../state/reduce.ts'
import { seededRandom } from '../../helpers/random.ts'
import { type InstanceEvents, randomInstances } from '../../helpers/random-run.ts'
import { stamped } from '../reporters/replay.ts'
import { started } from '../reporters/story.ts'

/*
 * A run whose instances are dealt to shards says the same as the whole one, but for what a run says of itself: its id,
 * when it began and ended, how long it took, its command, and from where its folders are seen.
 */

const runFacts = (started as Extract<UnstampedRunEvent, { type: 'runStarted' }>).run

/** An event of some instance with the time that it had in the whole run. */
interface Dealt {
  shard: number
  event: RunEvent
}

/** The events of instances as they would come one by one from several machines. */
function dealt(instances: InstanceEvents[], shards: number, random: () => number): Dealt[] {
  const left = instances.map(({ events }) => ({ events: [...events], shard: Math.floor(random() * shards) }))
  const order: { shard: number; event: UnstampedRunEvent }[] = []
  while (left.some(({ events }) => events.length > 0)) {
    const open = left.filter(({ events }) => events.length > 0)
    const one = open[Math.floor(random() * open.length)]
    const event = one?.events.shift()
    if (one && event) order.push({ shard: one.shard, event })
  }
  const events = stamped(order.map(({ event }) => event))
  return events.map((event, index) => ({ shard: order[index]?.shard ?? 0, event }))
}

function reportOf(id: string, startedAt: string, events: RunEvent[]): RunReport {
  const state = emptyRun()
  const run = { ...runFacts, id, startedAt }
  foldRunEvent(state, { at: startedAt, type: 'runStarted', schema: 1, run })
  for (const event of events) foldRunEvent(state, event)
  foldRunEvent(state, { at: '2026-11-21T00:00:00.000Z', type: 'runEnded', seconds: 1, exitCode: 0 })
  return toRunReport(state)
}

const wholeStart = '2026-11-20T07:00:00.000Z'

function wholeAndMerged(seed: number): [RunReport, RunReport] {
  const random = seededRandom(seed)
  const shards = 1 + Math.floor(random() * 5)
  const events = dealt(randomInstances(random), shards, random)
  const whole = reportOf(
    'whole',
    wholeStart,
    events.map(({ event }) => event),
  )
  const parts = Array.from({ length: shards }, (_, index) => {
    const own = events.filter(({ shard }) => shard === index).map(({ event }) => event)
    return {
      report: reportOf(`shard-${index}`, `2026-11-20T07:0${index}:00.000Z`, own),
      folder: `../shard-${index}`,
    }
  })
  // In whatever order they are named.
  return [whole, mergeRuns(random() < 0.5 ? parts : parts.toReversed(), 'merged')]
}

const byName = (checks: CheckReport[]) =>
  Object.fromEntries(checks.map((check) => [JSON.stringify([check.name, check.profile, check.kind]), check]))

/** Seen from the run that it belongs to. */
function inItsRun(check: CheckReport): CheckReport {
  const within = (folder: string | null) => folder?.replace(/^\.\.\/shard-\d\//, '') ?? null
  const { run: _, ...own } = check
  const earlier = check.earlier.map(({ run: __, ...one }) => ({ ...one, folder: within(one.folder) }))
  return { ...own, folder: within(check.folder), earlier }
}

function junitOf({ run, checks }: RunReport, granularity: JunitGranularity): string {
  const placed = checks.map((check) => ({ ...inItsRun(check), ...(check.run && { run: check.run }) }))
  const xml = formatJunit({ run, checks: placed }, { granularity })
  // What never started has no time of its own.
  return xml.replaceAll(/timestamp="2026-11-20T07:0\d:00Z"/g, 'timestamp="of the run"')
}

const seeds = Array.from({ length: 60 }, (_, seed) => seed)

const runs = seeds.map(wholeAndMerged)

describe('a run dealt to shards and merged', () => {
  test('has the same checks', () => {
    runs.forEach(([whole, merged], seed) => {
      expect(merged.checks, `seed ${seed}`).toHaveLength(whole.checks.length)
      expect(byName(merged.checks.map(inItsRun)), `seed ${seed}`).toEqual(byName(whole.checks.map(inItsRun)))
    })
  })

  test.each(junitGranularities)('has the same JUnit with a case per %s', (granularity) => {
    runs.forEach(([whole, merged], seed) => {
      expect(junitOf(merged, granularity), `seed ${seed}`).toBe(junitOf(whole, granularity))
    })
  })
})

test('the property is tried on what it is about', () => {
  const checks = runs.flatMap(([whole]) => whole.checks)
  expect(checks.length).toBeGreaterThan(150)
  expect(runs.filter(([, { run }]) => (run.mergedFrom?.length ?? 0) > 1).length).toBeGreaterThan(30)
  for (const outcome of ['passed', 'failed', 'errored', 'timed-out', 'interrupted', 'skipped', 'unknown'])
    expect(checks.some((check) => check.outcome === outcome)).toBe(true)
  expect(checks.some(({ flaky }) => flaky)).toBe(true)
  expect(checks.some(({ quarantine }) => quarantine !== null)).toBe(true)
})
