import { describe, expect, test } from 'vitest'
import type { HistoryRecord } from '../../../../model/history.ts'
import { allowancesFor } from '../../../../reporters/html/allowances.ts'
import { endingOf } from '../../../../reporters/html/ending.ts'
import { historyOf } from '../../../../reporters/html/history.ts'
import { detailsOf, pageDataOf, pageTitle } from '../../../../reporters/html/page-data.ts'
import { assertion, check } from '../junit-samples.ts'
import { reportOf } from '../replay.ts'
import { wholeRun } from '../story.ts'

describe('what a page knows of a check', () => {
  const failing = check({
    outcome: 'failed',
    profile: 'slow',
    assertions: [
      assertion(0),
      assertion(1, { outcome: 'failed', caught: true }),
      assertion(2, { outcome: 'failed', text: 'ping', phase: 'P', path: ['s'] }),
    ],
    failure: { assertion: 2, node: 'm', kind: 'succeed', message: 'boom', traceback: [] },
    consoles: [{ node: 'm', lines: ['long'] }],
  })
  const report = { ...reportOf(wholeRun), checks: [failing] }
  const context = { history: [], logs: () => [], program: 'npx vmproof' }

  test('at once is little; the rest stands apart', () => {
    const [summary] = pageDataOf(report, context).checks
    expect(summary).not.toHaveProperty('assertions')
    expect(summary).not.toHaveProperty('consoles')
    expect(summary).toMatchObject({
      title: 'k3s@slow',
      tallies: { passed: 1, failed: 1, caught: 1, errored: 0, unfinished: 0 },
      failedAssertion: { kind: 'succeed', node: 'm', phase: 'P', path: ['s'], text: 'ping' },
      failure: { message: 'boom' },
    })
    expect(summary?.again).toMatch(/^npx vmproof run .*k3s/)
    const details = detailsOf(failing, [])
    expect(details.assertions).toHaveLength(3)
    expect(details.consoles).toEqual([{ node: 'm', lines: ['long'] }])
  })

  test('the title says how it went', () => {
    expect(pageTitle(report)).toBe(`1 check: 1 failed · ${report.run.id}`)
  })
})

test.each([
  [0, 'every selected check was executed and passed'],
  [1, 'an assertion failed'],
  [4, 'the infrastructure did'],
  [5, 'not executed'],
  [130, 'interrupted'],
])('exit code %i in words', (exitCode, words) => {
  expect(endingOf({ exitCode, endedAt: 'x' })).toContain(`Exit code ${exitCode}: `)
  expect(endingOf({ exitCode, endedAt: 'x' })).toContain(words)
})

test('of a search a code means something else', () => {
  const question = { knob: 'loss', from: 0, to: 20, repeat: 3, points: 8 } as const
  const search = { endedAt: 'x', sweep: { type: 'search', question } } as const
  expect(endingOf({ exitCode: 0, ...search })).toContain('came to its answer')
  expect(endingOf({ exitCode: 130, ...search })).toContain('interrupted')
})

test('a run that was killed has no exit code, and says so', () => {
  expect(endingOf({ exitCode: null, endedAt: null })).toContain('cut off')
})

describe('how much of each log is embedded', () => {
  const log = (bytes: number, isWanted = false) => ({ bytes, isWanted })

  test.each([
    ['all, when there is room', [log(10), log(20)], 100, [10, 20]],
    ['equal shares, and what small ones leave', [log(100), log(10), log(100)], 110, [50, 10, 50]],
    ['first what did not pass', [log(80), log(90, true)], 100, [10, 90]],
    [
      'nothing of what passed when failures take it all',
      [log(80), log(200, true), log(200, true)],
      100,
      [0, 50, 50],
    ],
    ['nothing of an empty one', [log(0), log(5)], 100, [0, 5]],
    ['of none', [], 100, []],
  ])('%s', (_, logs, total, expected) => {
    expect(allowancesFor(logs, total)).toEqual(expected)
  })
})

describe('history', () => {
  const { run } = reportOf(wholeRun)
  const record = (facts: Partial<HistoryRecord>): HistoryRecord => ({
    ...{
      schema: 1,
      run: 'old',
      at: '2026-01-01T00:00:00.000Z',
      host: 'h',
      check: 'k3s',
      kind: 'vm',
      profile: null,
    },
    ...{ accelerator: 'kvm', attempt: 1, outcome: 'passed', execution: 'executed', seconds: 5, subject: 's' },
    ...{ failure: null, metrics: [] },
    ...facts,
  })
  const told = (records: HistoryRecord[]) => historyOf({ run, checks: [check()] }, records)

  test('knows older runs and this one, but none that came later', () => {
    const [series] = told([
      record({ run: 'later', at: '2027-01-01T00:00:00.000Z' }),
      record({ run: run.id, at: '2026-12-31T00:00:00.000Z', outcome: 'failed' }),
      record({}),
    ])
    expect(series?.points.map((point) => [point.run, point.outcome])).toEqual([
      ['old', 'passed'],
      [run.id, 'failed'],
    ])
    expect(series?.trend).toMatchObject({ passed: 1, verdicts: 2, flakiness: { proven: true } })
  })

  test('of a check under a profile is none of that without', () => {
    expect(told([record({ profile: 'slow' })])).toEqual([])
  })

  test('tells whether a failure is news, but not of a search, whose answer it is', () => {
    const failing = check({ outcome: 'failed' })
    const context = { history: [record({})], logs: () => [], program: 'vmproof' }
    const standing = (facts: Partial<typeof run>) =>
      pageDataOf({ ...reportOf(wholeRun), run: { ...run, ...facts }, checks: [failing] }, context).checks[0]
        ?.standing
    expect(standing({})).toEqual({ type: 'new', passes: 1 })
    expect(standing({ id: 'shard', mergedFrom: ['old'] })).toBeNull()
    const question = { knob: 'loss', from: 0, to: 20, repeat: 3, points: 8 } as const
    expect(standing({ sweep: { type: 'search', question } })).toBeNull()
  })

  test('shows the newest attempts, the last ones last', () => {
    const at = (index: number) => new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString()
    const [series] = told(
      Array.from({ length: 80 }, (_, index) => record({ run: `r${index}`, at: at(79 - index) })),
    )
    expect(series?.points).toHaveLength(50)
    expect(series?.points.at(-1)?.at).toBe(at(79))
  })
})
