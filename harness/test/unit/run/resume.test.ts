import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../model/outcome.ts'
import type { SkipKind } from '../../../model/plan.ts'
import type { UnstampedRunEvent } from '../../../model/run-event.ts'
import type { RetryPolicy } from '../../../plan/retry.ts'
import { leftToDo, planOfRest, whatStands } from '../../../run/resume.ts'
import { emptyRun, foldRunEvent, secondsOfWork, toRunReport } from '../../../state/reduce.ts'
import { instance } from '../../helpers/checks.ts'
import { stamped } from '../reporters/replay.ts'

const never: RetryPolicy = { retries: 0, on: 'any' }

const planned = (id: string): UnstampedRunEvent => ({
  type: 'instancePlanned',
  instance: id,
  check: id,
  kind: 'vm',
  profile: null,
  accelerator: null,
  tags: [],
  system: null,
  derivation: null,
  namedExplicitly: false,
})

const started = (id: string, attempt: number): UnstampedRunEvent => ({
  type: 'attemptStarted',
  instance: id,
  attempt,
  folder: `${id}/attempt-${attempt}`,
})

const ended = (id: string, attempt: number, outcome: Outcome): UnstampedRunEvent[] => [
  started(id, attempt),
  {
    type: 'attemptEnded',
    instance: id,
    attempt,
    outcome,
    execution: 'executed',
    accelerator: null,
    seconds: 1,
    failure: null,
    nodes: [],
    notes: [],
    consoles: [],
  },
]

const skipped = (id: string, kind: SkipKind): UnstampedRunEvent => ({
  type: 'instanceSkipped',
  instance: id,
  kind,
  reason: 'because',
  execution: 'unknown',
  earlier: [],
})

function stateOf(events: UnstampedRunEvent[]) {
  const state = emptyRun()
  for (const event of stamped(events)) foldRunEvent(state, event)
  return state
}

function standing(events: UnstampedRunEvent[], retry = never, lastFolder = 0) {
  return whatStands(stateOf([planned('a'), ...events]), retry, () => lastFolder).get('a')
}

describe('whatStands', () => {
  test.each<[Outcome, Outcome | null]>([
    ['passed', 'passed'],
    ['failed', 'failed'],
    ['timed-out', 'timed-out'],
    ['errored', null],
    ['interrupted', null],
    ['unknown', null],
  ])('an attempt that %s', (outcome, verdict) => {
    expect(standing(ended('a', 1, outcome))).toMatchObject({ last: 1, verdict })
  })

  test.each<[SkipKind, Outcome | null]>([
    ['cannot-run-here', 'skipped'],
    ['not-a-vm-test', 'skipped'],
    ['cached', 'skipped'],
    ['interrupted', null],
    ['fail-fast', null],
    ['layer', null],
  ])('skipped because of %s', (kind, verdict) => {
    expect(standing([skipped('a', kind)])).toEqual({ last: 0, tried: 0, verdict })
  })

  test('what was cut off goes on behind its last attempt, also one of which only a folder is left', () => {
    expect(standing([started('a', 1)])).toEqual({ last: 1, tried: 0, verdict: null })
    expect(standing([started('a', 1)], never, 3)).toEqual({ last: 3, tried: 0, verdict: null })
  })

  test('a failure whose retries are not used up stands for nothing yet', () => {
    const once: RetryPolicy = { retries: 1, on: 'any' }
    expect(standing(ended('a', 1, 'failed'), once)).toEqual({ last: 1, tried: 1, verdict: null })
    expect(standing([...ended('a', 1, 'failed'), started('a', 2)], once)).toEqual({
      last: 2,
      tried: 1,
      verdict: null,
    })
    expect(standing([...ended('a', 1, 'failed'), ...ended('a', 2, 'failed')], once)?.verdict).toBe('failed')
    expect(standing(ended('a', 1, 'failed'), { retries: 1, on: 'errored' })?.verdict).toBe('failed')
  })

  test('what could not be evaluated is tried again', () => {
    const failure = { assertion: null, node: null, kind: 'evaluation', message: 'no', traceback: [] } as const
    const errored = { type: 'instanceErrored', instance: 'a', failure, details: [] } as const
    expect(standing([{ ...errored, failure: { ...failure, traceback: [] }, details: [] }])?.verdict).toBe(
      null,
    )
  })
})

test('what is left: selected and without a verdict, also what was never planned', () => {
  const name = (one: string, profile: string | null = null) =>
    ({ name: one, kind: 'vm', profile, namedExplicitly: true }) as const
  const checks = [name('a'), name('b'), name('c'), name('a', 'lossy')]
  const events = [planned('a'), planned('b'), ...ended('a', 1, 'passed'), started('b', 1)]
  const state = stateOf([{ type: 'checksSelected', checks }, ...events])
  const before = whatStands(state, never, () => 0)
  expect(leftToDo(state, before)).toEqual(checks.slice(1))
  const lost = stateOf(events)
  expect(
    leftToDo(
      lost,
      whatStands(lost, never, () => 0),
    ),
  ).toMatchObject([{ name: 'b' }])
})

test('the plan of the rest goes on counting', () => {
  const before = new Map([['a', { last: 2, tried: 1, verdict: null }]])
  const items = [instance('a'), instance('b')].map((one) => ({ type: 'run', instance: one }) as const)
  expect(planOfRest(items, before).map((item) => item.type === 'run' && item.before)).toEqual([
    { last: 2, tried: 1, verdict: null },
    undefined,
  ])
})

describe('the report of a run that was resumed', () => {
  const resumed: UnstampedRunEvent = {
    type: 'runResumed',
    host: 'other',
    vmproofVersion: '1',
    command: ['vmproof', 'run', '--resume', 'x'],
    strict: true,
    secondsBefore: 7,
  }
  const checkOf = (events: UnstampedRunEvent[]) => toRunReport(stateOf([planned('a'), ...events])).checks[0]

  test('what ended the run before ends it no more', () => {
    const state = stateOf([
      { type: 'runInterrupted', signal: 'SIGINT' },
      { type: 'runEnded', seconds: 7, exitCode: 130 },
      resumed,
    ])
    expect(state.run).toMatchObject({
      endedAt: null,
      seconds: null,
      exitCode: null,
      interrupted: false,
      signal: null,
      strict: true,
      resumptions: [{ host: 'other', secondsBefore: 7 }],
    })
  })

  test('its time is that of its parts, without the time in between', () => {
    // One second passes from event to event.
    expect(secondsOfWork(stateOf([resumed, planned('a'), started('a', 1)]))).toBe(9)
  })

  test('an attempt that was cut off stays, and makes nothing flaky', () => {
    const events = [started('a', 1), resumed, planned('a'), ...ended('a', 2, 'passed')]
    expect(checkOf(events)).toMatchObject({
      outcome: 'passed',
      attempts: 2,
      flaky: false,
      folder: 'a/attempt-2',
      earlier: [{ attempt: 1, outcome: 'interrupted', folder: 'a/attempt-1' }],
    })
  })

  test('a failure before makes it flaky, an error of the infrastructure does not', () => {
    const after = [resumed, planned('a'), ...ended('a', 2, 'passed')]
    expect(checkOf([...ended('a', 1, 'failed'), ...after])?.flaky).toBe(true)
    expect(checkOf([...ended('a', 1, 'errored'), ...after])?.flaky).toBe(false)
  })

  test('interrupted again before it started again, it is what it was', () => {
    const events = [started('a', 1), resumed, planned('a'), skipped('a', 'interrupted')]
    expect(checkOf(events)).toMatchObject({ outcome: 'interrupted', attempts: 1 })
  })

  test('what cannot run any more is skipped, with the attempt that was cut off', () => {
    const events = [started('a', 1), resumed, planned('a'), skipped('a', 'cannot-run-here')]
    expect(checkOf(events)).toMatchObject({
      outcome: 'skipped',
      reason: 'because',
      attempts: 1,
      earlier: [{ attempt: 1, outcome: 'interrupted' }],
    })
  })

  test('what was skipped and then ran is no longer skipped', () => {
    const events = [skipped('a', 'interrupted'), resumed, planned('a'), ...ended('a', 1, 'passed')]
    expect(checkOf(events)).toMatchObject({ outcome: 'passed', skip: null, reason: null })
  })
})
