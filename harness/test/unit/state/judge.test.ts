import { expect, test } from 'vitest'
import type { LogEvent } from '../../../model/log-event.ts'
import type { Outcome } from '../../../model/outcome.ts'
import type { Failure } from '../../../model/report.ts'
import { type AttemptState, emptyAttempt, foldLogEvent } from '../../../state/attempt-state.ts'
import { judge, type Testimony } from '../../../state/judge.ts'

const ranFailure: Failure = {
  assertion: 0,
  node: 'machine',
  kind: 'succeed',
  message: 'command `false` failed (exit code 1)',
  traceback: [],
}

function log(...events: LogEvent[]): AttemptState {
  const state = emptyAttempt()
  for (const event of events) foldLogEvent(state, event)
  return state
}

const scriptStarted: LogEvent = { type: 'scriptStarted', line: 1 }
const scriptFinished: LogEvent = { type: 'scriptFinished', seconds: 2, line: 9 }

function ended(outcome: Outcome, failure: Failure | null = null): LogEvent {
  return { type: 'logEnded', outcome, failure, nodes: [], seconds: 2 }
}

function waiting(kind: 'succeed' | 'subtest', text: string, index = 0): LogEvent {
  return { type: 'assertionStarted', index, node: 'machine', kind, text, phase: null, path: [], line: 5 }
}

const held: LogEvent = {
  type: 'assertionEnded',
  index: 0,
  outcome: 'passed',
  caught: false,
  seconds: 1,
  message: null,
  output: null,
}

const booted: LogEvent = { type: 'nodeBooted', node: 'machine', seconds: 1, line: 3 }

const logs = {
  passed: log(scriptStarted, waiting('succeed', 'true'), held, scriptFinished, ended('passed')),
  assertedNothing: log(scriptStarted, scriptFinished, ended('passed')),
  onlyBooted: log(scriptStarted, booted, scriptFinished, ended('passed')),
  onlySubtest: log(scriptStarted, waiting('subtest', 'x'), held, scriptFinished, ended('passed')),
  failed: log(scriptStarted, ended('failed', ranFailure)),
  errored: log(scriptStarted, ended('errored', { ...ranFailure, kind: 'node-died' })),
  timedOut: log(scriptStarted, ended('timed-out', { ...ranFailure, kind: 'timeout' })),
  cut: log(
    scriptStarted,
    waiting('subtest', 'outer'),
    waiting('succeed', 'sleep 99\ntrue', 1),
    ended('unknown'),
  ),
  mute: log(
    scriptStarted,
    { type: 'nodeStarted', node: 'machine', line: 2 },
    waiting('succeed', 'true'),
    { ...held, outcome: 'failed', message: 'timeout reached: still running was machine: succeed true' },
    ended('timed-out', { ...ranFailure, kind: 'timeout' }),
  ),
  between: log(scriptStarted, ended('unknown')),
  noDriver: log(ended('unknown')),
  empty: log(),
}

const succeeded = { type: 'succeeded', outputDiffers: false } as const
const builderFailed = {
  type: 'builder-failed',
  message: 'builder failed with exit code 1',
} as const
const timedOut = { type: 'timed-out', message: '' } as const
const interrupted = { type: 'interrupted' } as const

function verdict(facts: Partial<Testimony>) {
  return judge({
    log: logs.passed,
    end: succeeded,
    execution: 'executed',
    kind: 'nixos',
    isVmTest: true,
    timeoutSeconds: 90,
    ...facts,
  })
}

test.each<[string, Partial<Testimony>, Outcome, RegExp | null]>([
  ['passed, built', {}, 'passed', null],
  ['not even booted anything', { log: logs.assertedNothing }, 'unknown', /demanded nothing/],
  ['a subtest around nothing', { log: logs.onlySubtest, kind: 'vm' }, 'unknown', /demanded nothing/],
  ["booted, and asserted in Python's way", { log: logs.onlyBooted }, 'passed', /shows no assertion/],
  ['booted, and demanded nothing', { log: logs.onlyBooted, kind: 'vm' }, 'unknown', /demanded nothing/],
  [
    'passed, output differs',
    { end: { type: 'succeeded', outputDiffers: true } },
    'passed',
    /output differs .* ran to its end/,
  ],
  ['failed, built all the same', { log: logs.failed }, 'failed', /exited with 0 all the same/],
  ['errored, built all the same', { log: logs.errored }, 'errored', /exited with 0 all the same/],
  ['timed out, built all the same', { log: logs.timedOut }, 'timed-out', /exited with 0 all the same/],
  ['no end mark, built', { log: logs.between }, 'unknown', /without the driver's end mark/],
  ['no driver in the log, built', { log: logs.noDriver }, 'unknown', /no run of a test driver/],
  ['no log at all, built', { log: logs.empty }, 'unknown', /no run of a test driver/],
  ['cached', { execution: 'cached' }, 'unknown', /stood in the store/],
  ['substituted', { execution: 'substituted' }, 'unknown', /binary cache/],
  ['execution not proven', { execution: 'unknown' }, 'unknown', /nothing proves/],
  ['a formatter that is happy', { isVmTest: false, log: logs.empty }, 'passed', /not a VM test/],
  [
    'a formatter from the cache',
    { isVmTest: false, log: logs.empty, execution: 'cached' },
    'unknown',
    /stood in the store/,
  ],
  ['interrupted', { end: interrupted, log: logs.cut }, 'interrupted', null],
  [
    'interrupted after it had failed',
    { end: interrupted, log: logs.failed },
    'failed',
    /interrupted afterwards/,
  ],
  ['interrupted after it had passed is no pass', { end: interrupted, log: logs.passed }, 'interrupted', null],
])('%s', (_, facts, outcome, note) => {
  const judgement = verdict(facts)
  expect(judgement.outcome).toBe(outcome)
  if (note === null) expect(judgement.notes).toEqual([])
  else expect(judgement.notes).toEqual([expect.stringMatching(note)])
  if (outcome === 'passed') expect(judgement.failure).toBeNull()
})

test.each<[string, Partial<Testimony>, Outcome, Partial<Failure>]>([
  ["the log's failure", { log: logs.failed, end: builderFailed }, 'failed', ranFailure],
  ["the log's error", { log: logs.errored, end: builderFailed }, 'errored', { kind: 'node-died' }],
  ["the log's timeout", { log: logs.timedOut, end: builderFailed }, 'timed-out', { kind: 'timeout' }],
  [
    'a build that failed behind a finished script',
    { end: builderFailed },
    'errored',
    {
      kind: 'build',
      message: 'the script ran to its end, then its build failed: builder failed with exit code 1',
    },
  ],
  [
    'a builder that failed without a word',
    { log: logs.noDriver, end: builderFailed },
    'errored',
    { kind: 'build', message: 'builder failed with exit code 1' },
  ],
  [
    'a builder that failed within an assertion',
    { log: logs.cut, end: builderFailed },
    'errored',
    { kind: 'build', message: 'builder failed with exit code 1, in machine: succeed sleep 99 ...' },
  ],
  [
    'a formatter that complains',
    { isVmTest: false, log: logs.empty, end: builderFailed },
    'failed',
    { kind: 'build', message: 'builder failed with exit code 1' },
  ],
  [
    'the open assertion, not its subtest',
    { log: logs.cut, end: timedOut },
    'timed-out',
    {
      kind: 'timeout',
      assertion: 1,
      node: 'machine',
      message: 'timed out in machine: succeed sleep 99 ... after 1 min 30 s',
    },
  ],
  [
    'what the driver waited for that ended it, and a guest without a shell',
    { log: logs.mute, end: timedOut },
    'timed-out',
    {
      assertion: 0,
      node: 'machine',
      message: 'timed out in machine: succeed true (its guest never gave a shell) after 1 min 30 s',
    },
  ],
  [
    'a script that waits for nothing',
    { log: logs.between, end: timedOut },
    'timed-out',
    { assertion: null, message: 'timed out between two assertions after 1 min 30 s' },
  ],
  [
    'a script that never began',
    { log: logs.empty, end: timedOut },
    'timed-out',
    { message: 'timed out before its script began after 1 min 30 s' },
  ],
  [
    'a build that hangs behind its script',
    { end: timedOut },
    'timed-out',
    { message: 'the script ran to its end, but its build did not; timed out after 1 min 30 s' },
  ],
  [
    'the setting of Nix that stopped it, not the limit that did not',
    { log: logs.between, end: { type: 'timed-out', message: 'Nix stopped it: its setting timeout is 5 s' } },
    'timed-out',
    { message: 'timed out between two assertions; Nix stopped it: its setting timeout is 5 s' },
  ],
  ['what failed before the time was over', { log: logs.failed, end: timedOut }, 'failed', ranFailure],
  [
    'an evaluation',
    { end: { type: 'broken', kind: 'evaluation', message: 'undefined variable' }, log: logs.empty },
    'errored',
    { kind: 'evaluation', message: 'undefined variable' },
  ],
  [
    'a host that broke, whatever the log says',
    { end: { type: 'broken', kind: 'host', message: 'no space left' }, log: logs.failed },
    'errored',
    { kind: 'host', message: 'no space left' },
  ],
])('names %s', (_, facts, outcome, failure) => {
  expect(verdict(facts)).toMatchObject({ outcome, failure })
})

test('only an executed attempt ever passes', () => {
  for (const one of Object.values(logs)) {
    for (const execution of ['cached', 'substituted', 'unknown'] as const) {
      for (const isVmTest of [true, false]) {
        expect(verdict({ log: one, execution, isVmTest }).outcome).not.toBe('passed')
      }
    }
  }
})
