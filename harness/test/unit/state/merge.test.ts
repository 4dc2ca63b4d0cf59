import { expect, test } from 'vitest'
import type { CheckReport, RunReport } from '../../../model/report.ts'
import { emptyAttempt } from '../../../state/attempt-state.ts'
import { toCheckReport } from '../../../state/check-report.ts'
import { mergeRuns } from '../../../state/merge.ts'
import { emptyRun } from '../../../state/reduce.ts'
import { untimed } from '../../helpers/checks.ts'

const check = (name: string, facts: Partial<CheckReport> = {}) =>
  toCheckReport(emptyAttempt(), { name, kind: 'nixos', outcome: 'passed', execution: 'executed', ...facts })

function runAt(hour: number, checks: CheckReport[], facts: Partial<RunReport['run']> = {}): RunReport {
  const at = (minute: number) => `2026-11-20T0${hour}:0${minute}:00.000Z`
  const run = {
    ...emptyRun().run,
    id: `run-${hour}`,
    startedAt: at(0),
    endedAt: at(1),
    seconds: 60,
    ...facts,
  }
  return { schema: 1, run, checks }
}

const merged = (...reports: RunReport[]) =>
  mergeRuns(
    reports.map((report) => ({ report, folder: `../${report.run.id}` })),
    'both',
  )

test('shards: every check of every run, oldest run first, whatever the order given', () => {
  const { run, checks } = merged(runAt(2, [check('c')]), runAt(1, [check('a'), check('b')]))
  expect(checks.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect(run).toMatchObject({
    id: 'both',
    startedAt: '2026-11-20T01:00:00.000Z',
    endedAt: '2026-11-20T02:01:00.000Z',
    seconds: 120,
    exitCode: 0,
    mergedFrom: ['run-1', 'run-2'],
  })
})

test('the same instance twice: the newest verdict stands, a failure before a pass makes it flaky', () => {
  const failure = { assertion: null, node: null, kind: 'python', message: 'no', traceback: [] } as const
  const before = check('a', {
    outcome: 'failed',
    failure: { ...failure, traceback: [] },
    folder: 'a/attempt-1',
  })
  const after = check('a', { folder: 'a/attempt-1' })
  const { run, checks } = merged(runAt(1, [before]), runAt(2, [after]))
  expect(run.exitCode).toBe(0)
  expect(checks).toHaveLength(1)
  expect(checks[0]).toMatchObject({
    outcome: 'passed',
    attempts: 2,
    flaky: true,
    folder: '../run-2/a/attempt-1',
    earlier: [{ attempt: 1, outcome: 'failed', folder: '../run-1/a/attempt-1', failure: { message: 'no' } }],
  })
})

test('a pass before a failure is a failure, and not flaky', () => {
  const { run, checks } = merged(runAt(1, [check('a')]), runAt(2, [check('a', { outcome: 'failed' })]))
  expect(run.exitCode).toBe(1)
  expect(checks).toMatchObject([{ outcome: 'failed', flaky: false, attempts: 2 }])
})

test('profiles are instances of their own', () => {
  const { checks } = merged(runAt(1, [check('a')]), runAt(2, [check('a', { profile: 'lossy' })]))
  expect(checks.map(({ profile }) => profile)).toEqual([null, 'lossy'])
})

test('shards of a sweep are a sweep of all their profiles', () => {
  const shard = (...profiles: string[]) => ({ sweep: { type: 'profiles', profiles, against: 'x' } as const })
  const { run } = merged(
    runAt(1, [check('a')], shard('baseline', 'edge')),
    runAt(2, [check('b')], shard('baseline', 'lossy')),
    runAt(3, [check('c')]),
  )
  expect(run.sweep).toEqual({ type: 'profiles', profiles: ['baseline', 'edge', 'lossy'], against: 'x' })
  expect(merged(runAt(1, [check('a')])).run).not.toHaveProperty('sweep')
})

test('a skip replaces no attempt, an attempt replaces a skip', () => {
  const skip = check('a', { outcome: 'skipped', execution: 'unknown', skip: 'cannot-run-here', attempts: 0 })
  expect(merged(runAt(1, [check('a')]), runAt(2, [skip])).checks).toMatchObject([{ outcome: 'passed' }])
  expect(merged(runAt(1, [skip]), runAt(2, [check('a')])).checks).toMatchObject([
    { outcome: 'passed', attempts: 1 },
  ])
})

test('one part that was cut off leaves the whole without an end; a signal decides the exit code', () => {
  const { run } = merged(
    runAt(1, [check('a')], { endedAt: null, seconds: null, signal: 'SIGTERM', interrupted: true }),
    runAt(2, [check('b')]),
  )
  expect(run).toMatchObject({
    endedAt: null,
    seconds: null,
    interrupted: true,
    signal: 'SIGTERM',
    exitCode: 143,
  })
})

test('what a check is survives: quarantine, flakiness, attempts, why it was skipped', () => {
  const quarantine = { check: 'a', assertion: null, tracker: 'T-7', until: '2026-12-31' }
  const known = check('a', { outcome: 'failed', quarantine })
  const flaky = check('b', {
    flaky: true,
    attempts: 2,
    folder: 'b/attempt-2',
    earlier: [
      { attempt: 1, outcome: 'failed', failure: null, seconds: 1, folder: 'b/attempt-1', ...untimed },
    ],
  })
  const layer = check('c', {
    outcome: 'skipped',
    execution: 'unknown',
    skip: 'layer',
    reason: 'a did not pass',
  })
  const { run, checks } = merged(runAt(1, [known]), runAt(2, [flaky, layer]))
  expect(checks).toMatchObject([
    { name: 'a', outcome: 'failed', quarantine },
    {
      name: 'b',
      flaky: true,
      attempts: 2,
      folder: '../run-2/b/attempt-2',
      earlier: [{ attempt: 1, folder: '../run-2/b/attempt-1' }],
    },
    { name: 'c', outcome: 'skipped', skip: 'layer', reason: 'a did not pass' },
  ])
  // The failure is known, and nobody named what was skipped.
  expect(run.exitCode).toBe(0)
})

test('an attempt of a runner that was lost becomes an earlier one, and makes nothing flaky', () => {
  const lost = check('a', { outcome: 'interrupted', folder: 'a/attempt-1' })
  const { checks } = merged(
    runAt(1, [lost], { endedAt: null, seconds: null }),
    runAt(2, [check('a', { folder: 'a/attempt-1' })]),
  )
  expect(checks).toMatchObject([
    { outcome: 'passed', flaky: false, attempts: 2, earlier: [{ outcome: 'interrupted' }] },
  ])
})

test('runs that were resumed tell so, in one list', () => {
  const resumption = { at: '', host: 'x', vmproofVersion: '1', command: [], strict: false, secondsBefore: 1 }
  const { run } = merged(runAt(1, [check('a')], { resumptions: [resumption] }), runAt(2, [check('b')]))
  expect(run.resumptions).toEqual([resumption])
  expect(merged(runAt(1, []), runAt(2, [])).run).not.toHaveProperty('resumptions')
})

test('parts keep their hosts and budgets, and attempts say whose they held', () => {
  const budget = (cores: number) => ({ budget: { memoryMiB: 1024, cores, jobs: null } })
  const first = runAt(1, [check('a', { outcome: 'failed' })], budget(1))
  const { run, checks } = merged(first, runAt(2, [check('a')], budget(2)))
  expect(run).not.toHaveProperty('budget')
  expect(run.parts).toMatchObject([
    { id: 'run-1', ...budget(1) },
    { id: 'run-2', ...budget(2) },
  ])
  expect(checks).toMatchObject([{ run: 'run-2', earlier: [{ run: 'run-1' }] }])
})
