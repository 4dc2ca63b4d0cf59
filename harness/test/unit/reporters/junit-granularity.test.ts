import { describe, expect, test } from 'vitest'
import type { Assertion } from '../../../model/assertion.ts'
import type { CheckReport, Failure } from '../../../model/report.ts'
import type { JunitGranularity } from '../../../model/run-defaults.ts'
import { formatJunit } from '../../../reporters/junit.ts'
import { assertion, cases, check } from './junit-samples.ts'
import { complaints, parseXml, walk } from './junit-validator.ts'

function rootOf(facts: Partial<CheckReport>, granularity: JunitGranularity) {
  const root = parseXml(formatJunit({ run: null, checks: [check(facts)] }, { granularity }))
  expect(complaints(root)).toEqual([])
  return root
}

const told = (facts: Partial<CheckReport>, granularity: JunitGranularity) =>
  cases(rootOf(facts, granularity)).map((line) => line.replace('k3s | ', ''))

const subtest = (index: number, text: string, facts: Partial<Assertion> = {}) =>
  assertion(index, { kind: 'subtest', node: null, text, ...facts })

const failure = (index: number | null): Failure => ({
  assertion: index,
  node: 'm',
  kind: 'succeed',
  message: 'command `curl` failed (exit code 7)',
  traceback: ['line 57, in <module>: m.succeed("curl")'],
})

/** In the order in which a log has them: a subtest before what it holds. */
const script = [
  assertion(0, { text: 'true' }),
  assertion(1, { text: 'boot', phase: '[PHASE 1] Boot' }),
  subtest(2, 'join', { phase: '[PHASE 2] Net', seconds: 5 }),
  assertion(3, { text: 'ping', phase: '[PHASE 2] Net', path: ['join'] }),
  subtest(4, 'deep', { phase: '[PHASE 2] Net', path: ['join'], seconds: 2 }),
  assertion(5, { text: 'dig', phase: '[PHASE 2] Net', path: ['join', 'deep'], seconds: 2 }),
  assertion(6, { text: 'beside', phase: '[PHASE 2] Net' }),
  subtest(7, 'join', { phase: '[PHASE 3] Again', seconds: 1 }),
  assertion(8, { text: 'ping', phase: '[PHASE 3] Again', path: ['join'] }),
  assertion(9, { text: 'beside too', phase: '[PHASE 2] Net' }),
]

test('a case per outermost subtest, one for what stands beside them in a phase, one for the rest', () => {
  expect(told({ assertions: script }, 'subtest')).toEqual([
    'script | passed',
    '[PHASE 1] Boot | passed',
    '[PHASE 2] Net › join | passed',
    '[PHASE 2] Net | passed',
    '[PHASE 3] Again › join | passed',
  ])
  expect(told({ assertions: script }, 'check')).toEqual(['k3s | passed'])
  expect(told({ assertions: script }, 'assertion')).toHaveLength(10)
})

test('a case lasts as long as what it stands for, and a check as long as it did', () => {
  const times = (granularity: JunitGranularity) =>
    walk(rootOf({ assertions: script, seconds: 90 }, granularity))
      .filter(({ name }) => name === 'testcase')
      .map(({ attributes }) => attributes.time)
  expect(times('subtest')).toEqual(['1', '1', '5', '2', '1'])
  expect(times('check')).toEqual(['90'])
})

test('a subtest entered twice is two cases, and one that is called as the driver is not the driver', () => {
  const assertions = [subtest(0, 'driver'), subtest(1, 'again'), subtest(2, 'again'), subtest(3, '')]
  expect(told({ assertions }, 'subtest')).toEqual([
    'driver #2 | passed',
    'again | passed',
    'again #2 | passed',
    '(subtest) | passed',
  ])
})

test('a subtest whose entry is lost is one all the same', () => {
  const assertions = [assertion(0, { path: ['lost'] }), assertion(1, { path: ['lost', 'inner'] })]
  expect(told({ assertions }, 'subtest')).toEqual(['lost | passed'])
})

describe('a check that failed', () => {
  const message = 'command `curl` failed (exit code 7)'
  const failed = script.map((one) => {
    if (one.index === 5) return { ...one, outcome: 'failed' as const, message, output: 'refused' }
    if (one.index === 2 || one.index === 4) return { ...one, outcome: 'failed' as const, message }
    return one.index > 5 ? { ...one, outcome: 'unfinished' as const } : one
  })
  const facts: Partial<CheckReport> = {
    outcome: 'failed',
    assertions: failed,
    failure: failure(5),
    folder: 'k3s/attempt-1',
    consoles: [
      { node: 'other', lines: ['of another node'] },
      { node: 'm', lines: ['of the node at fault'] },
    ],
  }

  test.each([
    [
      'subtest',
      [
        'script | passed',
        '[PHASE 1] Boot | passed',
        '[PHASE 2] Net › join | failure CommandFailed',
        '[PHASE 2] Net | skipped',
        '[PHASE 3] Again › join | skipped',
      ],
    ],
    ['check', ['k3s | failure CommandFailed']],
  ] as const)('is red by its cause, a case per %s', (granularity, expected) => {
    expect(told(facts, granularity)).toEqual(expected)
  })

  test.each(['subtest', 'check'] as const)('tells all in that case, a case per %s', (granularity) => {
    const elements = walk(rootOf(facts, granularity))
    const body = elements.find(({ name }) => name === 'failure')?.text.split('\n') ?? []
    expect(body.slice(0, 7)).toEqual([
      message,
      '[PHASE 2] Net › join › deep',
      'm: succeed (log line 6, 2.0 s)',
      '  dig',
      'output',
      '  │ refused',
      'script',
    ])
    expect(body.at(-1)).toMatch(/^\d+ assertions: .*3 failed/)
    const outs = elements.filter(({ name }) => name === 'system-out')
    expect(outs.map(({ text }) => text.split('\n'))).toEqual([
      [
        'log: k3s/attempt-1/driver.log',
        'm console',
        '  │ of the node at fault',
        'other console',
        '  │ of another node',
      ],
    ])
  })

  test('names what else failed in it', () => {
    const assertions = [
      subtest(0, 'all', { outcome: 'failed' }),
      ...Array.from({ length: 30 }, (_, index) =>
        assertion(index + 1, { path: ['all'], outcome: index === 3 ? 'errored' : 'failed' }),
      ),
      assertion(31, { path: ['all'], outcome: 'failed', caught: true }),
    ]
    const root = rootOf({ outcome: 'failed', assertions, failure: failure(2) }, 'subtest')
    const lines =
      walk(root)
        .find(({ name }) => name === 'failure')
        ?.text.split('\n') ?? []
    expect(lines[0]).toBe(message)
    expect(lines.filter((line) => line.startsWith('also '))).toHaveLength(20)
    expect(lines).toContain('also errored: all › m: succeed step 4')
    expect(lines).toContain('… 9 more')
    expect(lines.at(-1)).toBe('32 assertions: 30 failed, 1 errored, 1 caught')
  })
})

describe.each([
  [
    'errored although an assertion failed',
    { outcome: 'errored', failure: { ...failure(null), kind: 'host' } },
    'error HostFailure',
  ],
  ['timed out between assertions', { outcome: 'timed-out' }, 'failure Timeout'],
  ['interrupted', { outcome: 'interrupted' }, 'error Interrupted'],
  ['unknown', { outcome: 'unknown' }, 'error NoVerdict'],
  ['skipped', { outcome: 'skipped', reason: 'no kvm' }, 'skipped'],
  ['cached', { outcome: 'skipped', execution: 'cached' }, 'skipped'],
  ['passed with an assertion that never ended', { outcome: 'passed' }, 'passed'],
] as [string, Partial<CheckReport>, string][])('%s', (name, facts, verdict) => {
  const outcome = name.startsWith('errored') ? 'failed' : name.startsWith('passed') ? 'unfinished' : 'passed'

  test.each([[[]], [[assertion(0), assertion(1, { outcome })]]])(
    'is said by the only case of a check',
    (assertions) => {
      expect(told({ ...facts, assertions }, 'check')).toEqual([`k3s | ${verdict}`])
    },
  )

  test.each(['subtest', 'assertion'] as const)('is said by a case, one per %s', (granularity) => {
    expect(told({ ...facts, assertions: [assertion(0)] }, granularity).join('\n')).toContain(verdict)
  })
})

describe('attempts before the last one', () => {
  const times = { startedAt: null, endedAt: null, stages: [] }
  const earlier = [
    { attempt: 1, outcome: 'failed', failure: failure(0), seconds: 1, folder: 'k3s/attempt-1', ...times },
    { attempt: 2, outcome: 'errored', failure: null, seconds: 1, folder: null, ...times },
    { attempt: 3, outcome: 'timed-out', failure: null, seconds: 1, folder: null, ...times },
    { attempt: 4, outcome: 'interrupted', failure: null, seconds: 1, folder: null, ...times },
  ] satisfies CheckReport['earlier']
  const reruns = 'rerunFailure CommandFailed, rerunFailure Timeout'
  const broken = 'rerunError HostFailure, rerunError Interrupted'
  const failedOne = [assertion(0), assertion(1, { outcome: 'failed' })]

  test('stand as reruns in the case that tells why the last one failed', () => {
    const facts: Partial<CheckReport> = {
      outcome: 'failed',
      assertions: failedOne,
      failure: failure(1),
      earlier,
    }
    expect(told(facts, 'assertion')).toEqual([
      'm: succeed step 0 | passed',
      `m: succeed step 1 | failure CommandFailed, ${reruns}, ${broken}`,
    ])
    expect(told(facts, 'check')).toEqual([`k3s | failure CommandFailed, ${reruns}, ${broken}`])
  })

  test('failures come before the error or skip of the last one, as Surefire has it', () => {
    expect(told({ outcome: 'errored', earlier }, 'assertion')).toEqual([
      `driver | ${reruns}, error ScriptError, ${broken}`,
    ])
    expect(told({ outcome: 'skipped', earlier }, 'check')).toEqual([`k3s | ${reruns}, skipped, ${broken}`])
  })

  test('stand as flaky when the last one passed, which makes nothing red', () => {
    const root = rootOf({ attempts: 5, earlier, assertions: [assertion(0)] }, 'subtest')
    expect(cases(root)[0]).toBe(`k3s | driver | ${[reruns, broken].join(', ').replaceAll('rerun', 'flaky')}`)
    expect(root.attributes).toMatchObject({ failures: '0', errors: '0' })
  })

  test('tell what they came to, their script line and their log', () => {
    const root = rootOf({ attempts: 2, earlier: earlier.slice(0, 1) }, 'assertion')
    const trace = walk(root).find(({ name }) => name === 'stackTrace')
    expect(trace?.text.split('\n')).toEqual([
      'attempt 1 failed: command `curl` failed (exit code 7)',
      'line 57, in <module>: m.succeed("curl")',
      'log: k3s/attempt-1/driver.log',
    ])
  })
})

test('a known failure is skipped whatever a case stands for', () => {
  const quarantine = { check: 'k3s', assertion: null, tracker: 'T-7', until: '2026-12-31' }
  const facts: Partial<CheckReport> = {
    outcome: 'failed',
    quarantine,
    assertions: [assertion(0, { outcome: 'failed' })],
  }
  for (const granularity of ['assertion', 'subtest', 'check'] as const)
    expect(told(facts, granularity).every((line) => line.endsWith('skipped'))).toBe(true)
})
