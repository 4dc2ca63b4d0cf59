import { expect, test } from 'vitest'
import type { LogEvent } from '../../../model/log-event.ts'
import { type AttemptState, emptyAttempt, foldLogEvent } from '../../../state/attempt-state.ts'
import { toCheckReport } from '../../../state/check-report.ts'
import { steps } from '../reporters/log-steps.ts'

function attemptOf(events: LogEvent[]): AttemptState {
  const state = emptyAttempt()
  for (const event of events) foldLogEvent(state, event)
  return state
}

const outcomesOf = (state: AttemptState) => state.assertions.map(({ text, outcome }) => [text, outcome])

test('a log that tells nothing is unknown in every respect', () => {
  const ended: LogEvent = { type: 'logEnded', outcome: 'unknown', failure: null, nodes: [], seconds: null }
  expect(toCheckReport(attemptOf([ended]), { source: 'notes.txt' })).toEqual({
    source: 'notes.txt',
    name: null,
    kind: null,
    profile: null,
    accelerator: null,
    outcome: 'unknown',
    execution: 'unknown',
    seconds: null,
    attempts: 1,
    flaky: false,
    quarantine: null,
    assertions: [],
    failure: null,
    nodes: [],
    diagnosis: [],
    metrics: [],
    notes: [],
    reason: null,
    skip: null,
    namedExplicitly: false,
    tags: [],
    system: null,
    derivation: null,
    startedAt: null,
    endedAt: null,
    stages: [],
    needs: null,
    consoles: [],
    details: [],
    symptoms: [],
    attachments: [],
    folder: null,
    earlier: [],
  })
})

test("a driver's log is a NixOS test that was executed", () => {
  const report = toCheckReport(
    attemptOf([
      { type: 'testNamed', name: 'boot' },
      { type: 'scriptStarted', line: 3 },
      ...steps([{ kind: 'succeed', text: 'true' }]),
      { type: 'acceleratorSeen', accelerator: 'kvm', line: 9 },
      { type: 'scriptFinished', seconds: 7, line: 20 },
      { type: 'logEnded', outcome: 'passed', failure: null, nodes: [], seconds: 7.5 },
    ]),
  )
  expect(report).toMatchObject({
    name: 'boot',
    kind: 'nixos',
    accelerator: 'kvm',
    outcome: 'passed',
    execution: 'executed',
    seconds: 7.5,
    assertions: [{ index: 0, text: 'true', outcome: 'passed' }],
  })
})

test('a failed build that is no test leaves no proof of execution', () => {
  const failure = { assertion: null, node: null, kind: 'build', message: 'exit 1', traceback: [] } as const
  const ended: LogEvent = {
    type: 'logEnded',
    outcome: 'errored',
    failure: { ...failure, traceback: [] },
    nodes: [],
    seconds: null,
  }
  expect(toCheckReport(attemptOf([ended]))).toMatchObject({ outcome: 'errored', execution: 'unknown' })
})

test('what somebody knows better than the log replaces it', () => {
  const attempt = attemptOf([{ type: 'testNamed', name: 'from-log' }])
  expect(toCheckReport(attempt, { name: 'from-plan', outcome: 'skipped' })).toMatchObject({
    name: 'from-plan',
    outcome: 'skipped',
  })
})

test('an open assertion that is the cause failed, and so did the subtests around it', () => {
  const attempt = attemptOf(
    steps([
      { kind: 'subtest', text: 'outer', node: null, open: true },
      { kind: 'subtest', text: 'before', node: null, path: ['outer'] },
      { kind: 'subtest', text: 'inner', node: null, path: ['outer'], open: true },
      { kind: 'wait_for_file', text: '/other', path: ['outer', 'inner'], open: true },
      { kind: 'wait_for_file', text: '/never', path: ['outer', 'inner'], open: true },
    ]),
  )
  const failure = {
    assertion: 4,
    node: 'server_1',
    kind: 'timeout',
    message: 'too late',
    traceback: [],
  } as const
  const report = toCheckReport(attempt, { outcome: 'timed-out', failure: { ...failure, traceback: [] } })
  expect(report.assertions.map(({ text, outcome, message }) => [text, outcome, message])).toEqual([
    ['outer', 'failed', 'too late'],
    ['before', 'passed', null],
    ['inner', 'failed', 'too late'],
    ['/other', 'unfinished', null],
    ['/never', 'failed', 'too late'],
  ])
  expect(outcomesOf(attempt)[4]).toEqual(['/never', 'unfinished'])
})

test.each([
  ['errored', 'errored'],
  ['failed', 'failed'],
  ['interrupted', 'unfinished'],
] as const)('an open cause of a check that is %s is %s', (outcome, expected) => {
  const attempt = attemptOf(steps([{ kind: 'succeed', text: 'sleep 60', open: true }]))
  const failure = { assertion: 0, node: null, kind: 'node-died' as const, message: 'gone', traceback: [] }
  expect(toCheckReport(attempt, { outcome, failure }).assertions[0]?.outcome).toBe(expected)
})

test('withdrawn assertions are gone, later ones take their place', () => {
  const attempt = attemptOf([
    ...steps([
      { kind: 'succeed', text: 'a' },
      { kind: 'succeed', text: 'imitated' },
    ]),
    { type: 'assertionsWithdrawn', from: 1 },
    {
      type: 'assertionStarted',
      index: 1,
      node: null,
      kind: 'succeed',
      text: 'b',
      phase: null,
      path: [],
      line: 9,
    },
  ])
  expect(outcomesOf(attempt)).toEqual([
    ['a', 'passed'],
    ['b', 'unfinished'],
  ])
})

test('a lost start leaves a place, so that later indexes hold; an absurd one is ignored', () => {
  const start = (index: number): LogEvent => ({
    type: 'assertionStarted',
    index,
    node: null,
    kind: 'succeed',
    text: `${index}`,
    phase: null,
    path: [],
    line: 1,
  })
  const attempt = attemptOf([start(0), start(2), start(4_000_000_000)])
  expect(attempt.assertions.map(({ index, text }) => [index, text])).toEqual([
    [0, '0'],
    [1, '(lost with a line of the journal)'],
    [2, '2'],
  ])
})

test('of a pattern that a console repeats the first sighting is kept, on each node', () => {
  const seen = (node: string | null, line: number): LogEvent => ({
    type: 'symptomSeen',
    symptom: 'oom-kill',
    node,
    line,
    text: `${line}`,
  })
  const report = toCheckReport(
    attemptOf([seen('a', 1), seen('a', 2), seen('b', 3), seen(null, 4), seen('b', 5)]),
  )
  expect(report.symptoms.map(({ node, line }) => [node, line])).toEqual([
    ['a', 1],
    ['b', 3],
    [null, 4],
  ])
})

test('a log that is cut off tells which nodes there were until then', () => {
  const cut = attemptOf([
    { type: 'nodeStarted', node: 'server', line: 1 },
    { type: 'nodeStarted', node: 'agent', line: 2 },
    { type: 'nodeBooted', node: 'server', seconds: 4, line: 3 },
  ])
  expect(toCheckReport(cut).nodes).toEqual([
    { name: 'server', consoleLines: 0, booted: true, symptoms: [] },
    { name: 'agent', consoleLines: 0, booted: false, symptoms: [] },
  ])
})
