import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../../model/run-event.ts'
import { emptyRun, foldRunEvent, toRunReport } from '../../../state/reduce.ts'
import { reportOf, stamped } from '../reporters/replay.ts'
import { failing, started, wholeRun } from '../reporters/story.ts'

const brief = (events: Parameters<typeof reportOf>[0]) =>
  reportOf(events).checks.map(({ name, profile, outcome, execution, attempts, flaky, assertions }) =>
    [name, profile, outcome, execution, attempts, flaky, assertions.length].join(' '),
  )

test('every outcome of a run, in the order of the plan', () => {
  expect(brief(wholeRun)).toEqual([
    'k3s-cluster-simple  passed executed 1 false 2',
    'k3s-network lossy failed executed 1 false 7',
    'k3s-storage  passed executed 2 true 1',
    'k3s-bond-failover  timed-out executed 1 false 1',
    'network-resilience  errored executed 1 false 0',
    'k3s-vlan-negative  errored unknown 0 false 0',
    'emulation-vm-boots  skipped unknown 0 false 0',
    'vsim-k3s-cluster  skipped cached 0 false 1',
  ])
})

test('the facts of the run come from its first, its last and its interrupting event', () => {
  expect(reportOf(wholeRun).run).toMatchObject({
    id: '20261120T075331Z-1a2b',
    seconds: 1210.5,
    exitCode: 1,
    interrupted: false,
    signal: null,
  })
  expect(reportOf([started, { type: 'runInterrupted', signal: 'SIGTERM' }]).run).toMatchObject({
    endedAt: null,
    exitCode: null,
    interrupted: true,
    signal: 'SIGTERM',
  })
})

test('an earlier attempt stays in the report with its failure', () => {
  const storage = reportOf(wholeRun).checks.find(({ name }) => name === 'k3s-storage')
  expect(storage?.earlier).toMatchObject([
    { attempt: 1, outcome: 'failed', seconds: 60, folder: 'k3s-storage/attempt-1' },
  ])
  expect(storage?.folder).toBe('k3s-storage/attempt-2')
})

test('a run that was cut off: what ran is interrupted, what waited is skipped, nothing measured is lost', () => {
  const cut = wholeRun.slice(0, wholeRun.indexOf(failing.at(-1) as never))
  const { run, checks } = reportOf(cut)
  expect(run).toMatchObject({ endedAt: null, seconds: null, exitCode: null })
  expect(checks[1]).toMatchObject({
    outcome: 'interrupted',
    execution: 'executed',
    notes: ['the run ended before this attempt did'],
  })
  expect(checks[1]?.assertions).toHaveLength(7)
  expect(checks[2]).toMatchObject({
    outcome: 'skipped',
    skip: 'interrupted',
    reason: 'the run ended before it started',
  })
})

test('an attempt that found its result cached is a skip, not an attempt', () => {
  const skipped = {
    type: 'instanceSkipped',
    instance: 'k3s-network@lossy',
    kind: 'cached',
    reason: 'valid',
    execution: 'cached',
    earlier: [],
  } as const
  const { checks } = reportOf([started, failing[0] as never, { ...skipped, earlier: [] }])
  expect(checks).toMatchObject([
    { name: 'k3s-network', profile: 'lossy', outcome: 'skipped', execution: 'cached', attempts: 0 },
  ])
})

test('only a check that said no before is flaky, not one that the infrastructure broke', () => {
  const ended = failing.at(-1) as Extract<RunEvent, { type: 'attemptEnded' }>
  const pass = { ...ended, attempt: 2, outcome: 'passed', failure: null } as const
  expect(reportOf([{ ...ended, outcome: 'errored' }, pass]).checks).toMatchObject([
    { flaky: false, attempts: 2 },
  ])
  expect(reportOf([{ ...ended, outcome: 'timed-out' }, pass]).checks).toMatchObject([{ flaky: true }])
})

describe('a journal is read back', () => {
  test('to the same report as the live events gave', () => {
    const text = stamped(wholeRun).map((event) => JSON.stringify(event))
    const state = emptyRun()
    for (const line of text) foldRunEvent(state, JSON.parse(line))
    expect(toRunReport(state)).toEqual(reportOf(wholeRun))
  })

  test('wherever it ends', () => {
    for (let length = 0; length <= wholeRun.length; length++) {
      expect(() => JSON.stringify(reportOf(wholeRun.slice(0, length)))).not.toThrow()
    }
  })

  test('with any one line lost: the others still count', () => {
    const whole = reportOf(wholeRun).checks.length
    for (const [lost] of wholeRun.entries()) {
      const rest = wholeRun.filter((_, at) => at !== lost)
      expect(reportOf(rest).checks.length).toBeGreaterThanOrEqual(whole - 1)
    }
  })

  test('with events of a later version, and with events that lack a part', () => {
    const odd: unknown[] = [
      { type: 'guestImageBuilt', at: '', image: 'x' },
      { type: 'constructor', at: '' },
      { type: 'attemptLogged', at: '' },
      { type: 'attemptLogged', at: '', instance: 'a', attempt: 1 },
      { type: 'attemptLogged', at: '', instance: 'a', attempt: 1, event: null },
      { type: 'attemptLogged', at: '', instance: 'a', attempt: 1, event: { type: 'warped' } },
      {
        type: 'attemptLogged',
        at: '',
        instance: 'a',
        attempt: 1,
        event: { type: 'assertionStarted', index: -1 },
      },
      { type: 'attemptEnded', at: '', instance: 'a', attempt: 1, outcome: 'passed' },
      {
        type: 'attemptEnded',
        at: '',
        instance: 'a',
        attempt: 1,
        outcome: 'quarantined',
        execution: 'executed',
        nodes: [],
        notes: [],
        consoles: [],
      },
      { type: 'instancePlanned', at: '', instance: 7 },
      { type: 'runStarted', at: '', run: null },
    ]
    const state = emptyRun()
    for (const event of odd) foldRunEvent(state, event as RunEvent)
    expect(toRunReport(state)).toEqual(toRunReport(emptyRun()))
  })
})

describe('when and on what', () => {
  const planned: RunEvent = {
    type: 'instancePlanned',
    at: '2026-11-20T08:00:00.000Z',
    instance: 'a',
    check: 'a',
    kind: 'vm',
    profile: null,
    accelerator: 'tcg',
    tags: [],
    system: null,
    derivation: null,
    namedExplicitly: false,
    needs: { memoryMiB: 512, cores: 2 },
  }
  const at = (second: number) => `2026-11-20T08:00:0${second}.000Z`
  const attempt = (number: number) => ({ instance: 'a', attempt: number })
  const ended: RunEvent = {
    type: 'attemptEnded',
    at: at(5),
    ...attempt(1),
    outcome: 'failed',
    execution: 'executed',
    accelerator: null,
    seconds: 1,
    failure: null,
    nodes: [],
    notes: [],
    consoles: [],
  }
  const events: RunEvent[] = [
    planned,
    { type: 'attemptStarted', at: at(1), ...attempt(1), folder: 'a/attempt-1' },
    { type: 'attemptStaged', at: at(2), ...attempt(1), stage: 'realising-inputs' },
    { type: 'attemptStaged', at: at(3), ...attempt(1), stage: 'running' },
    { type: 'attemptStaged', at: at(4), ...attempt(1), stage: 'running' },
    ended,
    { type: 'attemptStarted', at: at(6), ...attempt(2), folder: 'a/attempt-2' },
    { type: 'attemptLogged', at: at(7), ...attempt(2), event: { type: 'scriptStarted', line: 1 } },
  ]

  test('each attempt has its times and stages, the check what it held', () => {
    const [check] = reportOf(events).checks
    expect(check).toMatchObject({ startedAt: at(6), endedAt: at(7), stages: [] })
    expect(check?.needs).toEqual({ memoryMiB: 512, cores: 2 })
    expect(check?.earlier[0]).toMatchObject({
      startedAt: at(1),
      endedAt: at(5),
      stages: [
        { stage: 'realising-inputs', at: at(2) },
        { stage: 'running', at: at(3) },
      ],
    })
  })

  test('a journal that does not tell what attempts held is read', () => {
    const { needs: _, ...older } = planned
    expect(reportOf([older, ...events.slice(1)]).checks[0]?.needs).toBeNull()
  })
})
