import { describe, expect, test } from 'vitest'
import type { CheckSummary } from '../../../page/data.ts'
import { byReason, filtered } from '../../../page/run/check-filter.ts'
import { formatBytes, formatTime, standingText, verdictOf } from '../../../page/shared/words.ts'
import { pageDataOf } from '../../../reporters/html/page-data.ts'
import { assertion, check } from '../reporters/junit-samples.ts'
import { reportOf } from '../reporters/replay.ts'
import { wholeRun } from '../reporters/story.ts'

function summaries(...checks: Parameters<typeof check>[0][]): CheckSummary[] {
  const report = { ...reportOf(wholeRun), checks: checks.map((facts) => check(facts)) }
  return pageDataOf(report, { history: [], logs: () => [], program: 'vmproof' }).checks
}

const checks = summaries(
  { name: 'passes', seconds: 9 },
  {
    name: 'fails',
    outcome: 'failed',
    seconds: 3,
    tags: ['network'],
    assertions: [assertion(0, { outcome: 'failed', text: 'ping gateway', phase: 'P2' })],
    failure: { assertion: 0, node: 'agent_1', kind: 'succeed', message: 'no answer', traceback: [] },
  },
  { name: 'breaks', outcome: 'errored' },
  { name: 'flakes', flaky: true, attempts: 2 },
  {
    name: 'known',
    outcome: 'failed',
    quarantine: { check: 'known', assertion: null, tracker: 'https://t/7', until: '2027-01-01' },
  },
  { name: 'rests', outcome: 'skipped', reason: 'no KVM here' },
  { name: 'rests-too', outcome: 'skipped', reason: 'no KVM here' },
)

const listed = (facts: Partial<Parameters<typeof filtered>[1]> = {}) =>
  filtered(checks, { text: '', outcomes: new Set(), order: 'trouble', ...facts }).map(
    ({ check: { title } }) => title,
  )

describe('the list', () => {
  test('what is news comes first', () => {
    expect(listed()).toEqual(['fails', 'breaks', 'known', 'flakes', 'passes', 'rests', 'rests-too'])
  })

  test('among failures what passed before comes first, and is found by that', () => {
    const standings = [
      { type: 'known', runs: 3, since: '2026-11-18' },
      { type: 'new', passes: 9 },
      null,
    ] as const
    const failing = summaries(
      ...['old', 'new', 'untold'].map((name) => ({ name, outcome: 'failed' as const })),
    )
    const known = failing.map((one, at) => ({ ...one, standing: standings[at] ?? null }))
    const found = (text: string) =>
      filtered(known, { text, outcomes: new Set(), order: 'trouble' }).map(({ check: { title } }) => title)
    expect(found('')).toEqual(['new', 'old', 'untold'])
    expect(found('newly')).toEqual(['new'])
  })

  test('by time or name', () => {
    expect(listed({ order: 'slowest' }).slice(0, 2)).toEqual(['passes', 'fails'])
    expect(listed({ order: 'name' }).slice(0, 2)).toEqual(['breaks', 'fails'])
  })

  test.each([
    ['gateway', ['fails']],
    ['AGENT_1 answer', ['fails']],
    ['network', ['fails']],
    ['flaky', ['flakes']],
    ['t/7', ['known']],
    ['kvm', ['rests', 'rests-too']],
    ['gateway kvm', []],
  ])('is searched for %s', (text, expected) => {
    expect(listed({ text })).toEqual(expected)
  })

  test('is narrowed to outcomes', () => {
    expect(listed({ outcomes: new Set(['errored', 'passed'] as const) })).toEqual([
      'breaks',
      'flakes',
      'passes',
    ])
  })

  test('tells once why several did not run', () => {
    const reasons = byReason(filtered(checks, { text: 'rests', outcomes: new Set(), order: 'name' }))
    expect([...reasons].map(([reason, own]) => [reason, own.length])).toEqual([['no KVM here', 2]])
  })
})

describe('the verdict', () => {
  test.each([
    [[], 'No check was run', 'skipped'],
    [[{}], 'The check passed', 'passed'],
    [[{}, {}], 'All 2 checks passed', 'passed'],
    [[{}, { outcome: 'skipped' }], '1 of 2 checks passed', 'passed'],
    [[{ outcome: 'skipped' }], 'None of 1 check ran', 'skipped'],
    [[{}, { outcome: 'failed' }], '1 of 2 checks failed', 'failed'],
    [[{ outcome: 'errored' }, { outcome: 'failed' }], '2 of 2 checks did not pass', 'failed'],
    [[{ outcome: 'interrupted' }, {}], '1 of 2 checks interrupted', 'interrupted'],
  ] as [Parameters<typeof check>[0][], string, string][])('%j: %s', (facts, text, outcome) => {
    expect(verdictOf(summaries(...facts))).toEqual({ outcome, text })
  })
})

test('that checks fail is what a search wants to know; that they break is not', () => {
  const question = { knob: 'loss', from: 0, to: 20, repeat: 3, points: 8 } as const
  const search = { sweep: { type: 'search', question } } as const
  const found = summaries({ attempts: 3 }, { attempts: 3, outcome: 'failed' })
  expect(verdictOf(found, search)).toEqual({ outcome: 'passed', text: 'The search made 6 attempts' })
  expect(verdictOf(summaries({ outcome: 'errored' }), search).outcome).toBe('errored')
})

test('times are told in UTC, whatever the reader’s clock; what is none stays as it is', () => {
  expect(formatTime('2026-11-20T23:59:01.500Z')).toBe('20 Nov 2026, 23:59:01 UTC')
  expect(formatTime('long ago')).toBe('long ago')
})

test('since when something fails, in words', () => {
  expect(standingText({ type: 'new', passes: 1 })).toBe('passed in the run before')
  expect(standingText({ type: 'new', passes: 29 })).toBe('passed in the 29 runs before')
  expect(standingText({ type: 'known', runs: 6, since: '2026-11-15T23:59:00.000Z' })).toBe(
    'fails for 6 runs in a row, since 15 Nov 2026',
  )
})

test('sizes', () => {
  expect([0, 1023, 30_700, 52_428_800].map(formatBytes)).toEqual([
    '0 bytes',
    '1023 bytes',
    '30 KiB',
    '50.0 MiB',
  ])
})
