import { describe, expect, test } from 'vitest'
import type { RunReport } from '../../../model/report.ts'
import type { SearchResult } from '../../../model/sweep.ts'
import { columnsOf } from '../../../reporters/columns.ts'
import { sentenceOf, valueText } from '../../../reporters/search-text.ts'
import { createStyle } from '../../../reporters/style.ts'
import { formatSummary } from '../../../reporters/summary.ts'
import { sweepLines } from '../../../reporters/sweep-text.ts'
import { matrixReportOf, type SweepPast } from '../../../sweep/matrix.ts'
import { searchReportOf } from '../../../sweep/search-result.ts'
import { untimed } from '../../helpers/checks.ts'
import { cell, metric, past, runOf } from './cells.ts'

const plain = createStyle(false)
const noPast: SweepPast = { before: null, history: [] }

function matrixOf(run: RunReport, profiles: string[], past = noPast) {
  return matrixReportOf(run, profiles, past)
}

const small = runOf(20, [
  cell('alpha@baseline', 'passed', { seconds: 12.2 }),
  cell('alpha@lossy', 'passed', { seconds: 24.4 }),
  cell('beta@baseline', 'passed', { flaky: true }),
  cell('beta@lossy', 'failed'),
  cell('gamma@baseline', 'errored'),
  cell('gamma@lossy', 'skipped', { reason: 'its VMs need\nmore' }),
])

test('a matrix: mark, time, slow-down; reasons and what the test is below', () => {
  expect(sweepLines(matrixOf(small, ['baseline', 'lossy']), Number.POSITIVE_INFINITY, plain)).toEqual([
    'CHECK  baseline   lossy',
    'alpha  ✓ 12.2 s   ✓ 24.4 s ×2.0',
    'beta   ~ 10.0 s   ✗ failed',
    'gamma  ! errored  - skipped',
    '',
    '×: time over that under baseline, of checks that passed under both',
    'no earlier sweep: no change of outcomes is told',
    'slower, faster, changed: the newest 3 attempts of check@profile that passed, against those before,',
    '  under the same accelerator: exact rank-sum test (Wilcoxon-Mann-Whitney), one-sided, each way, at level 1 %',
    '  3 of 3 cells have fewer than 10 such attempts: nothing is claimed about them',
    'skipped: its VMs need more',
  ])
})

test('metrics of a check below it, as many as can be read', () => {
  const names = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8']
  const metrics = (factor: number) => names.map((name, at) => metric(name, (at + 1.00049) * factor))
  const run = runOf(20, [
    cell('a@baseline', 'passed', { metrics: metrics(1) }),
    cell('a@lossy', 'passed', { metrics: metrics(2).slice(1) }),
    cell('b@lossy', 'failed', { metrics: [metric('rate', 9, { unit: '' })] }),
  ])
  const lines = sweepLines(matrixOf(run, ['baseline', 'lossy']), 80, plain)
  expect(lines.slice(0, 4)).toEqual([
    'CHECK                     baseline  lossy',
    'a                         ✓ 10.0 s  ✓ 10.0 s ×1.0',
    '  m1                      1 ms',
    '  m2                      2 ms      4.001 ms',
  ])
  expect(lines.slice(7, 11)).toEqual([
    '  m6                      6 ms      12 ms',
    '  … 2 more in sweep.json',
    'b                                   ✗ failed',
    '  rate                              9',
  ])
})

describe('on a narrow terminal', () => {
  const names = ['baseline', 'latency', 'lossy', 'edge', 'satellite']
  const wide = runOf(
    20,
    names.flatMap((profile) => [
      cell(`a-check-of-some-length@${profile}`, 'passed'),
      cell(`b@${profile}`, 'failed'),
    ]),
  )
  const matrix = (width: number) => sweepLines(matrixOf(wide, names), width, plain).slice(0, -6)

  test('the matrix goes on in further blocks', () => {
    expect(matrix(60)).toEqual([
      'CHECK                   baseline  latency',
      'a-check-of-some-length  ✓ 10.0 s  ✓ 10.0 s ×1.0',
      'b                       ✗ failed  ✗ failed',
      '',
      'CHECK                   lossy          edge',
      'a-check-of-some-length  ✓ 10.0 s ×1.0  ✓ 10.0 s ×1.0',
      'b                       ✗ failed       ✗ failed',
      '',
      'CHECK                   satellite',
      'a-check-of-some-length  ✓ 10.0 s ×1.0',
      'b                       ✗ failed',
    ])
  })

  test.each([100, 40, 20, 8, 1])('no line of %i columns is wider, and every profile is there', (width) => {
    const lines = matrix(width)
    const least = 'CHECK'.length + 2 + 1
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(Math.max(width, least))
    expect(lines.filter((line) => line.startsWith('C')).length).toBeGreaterThanOrEqual(width < 40 ? 5 : 1)
  })
})

test('colours only where they are asked for', () => {
  const escapeCode = String.fromCharCode(27)
  const lines = (color: boolean) =>
    sweepLines(matrixOf(small, ['baseline', 'lossy']), 80, createStyle(color)).join('\n')
  expect(lines(false)).not.toContain(escapeCode)
  expect(lines(true)).toContain(`${escapeCode}[31m✗ failed${escapeCode}[39m`)
})

test('what changed is told with its numbers, and marked in the matrix', () => {
  const noise = [10, 11, 9, 10.5, 9.5, 10.2, 9.8, 10.1, 10.3]
  const history = past('a@lossy', [...noise, 20, 21]).map((one, day) => ({
    ...one,
    metrics: [metric('rtt', [...noise, 52, 50][day] ?? 0, { node: 'n1' })],
  }))
  const before = runOf(1, [
    cell('a@baseline', 'failed'),
    cell('b@baseline', 'passed'),
    cell('a@lossy', 'passed'),
  ])
  const now = runOf(20, [
    cell('a@baseline', 'passed'),
    cell('b@baseline', 'timed-out'),
    cell('a@lossy', 'passed', { seconds: 20, metrics: [metric('rtt', 51, { node: 'n1' })] }),
    cell('b@lossy', 'passed'),
  ])
  const lines = sweepLines(matrixOf(now, ['baseline', 'lossy'], { before, history }), 200, plain)
  expect(lines.slice(0, 11)).toEqual([
    'CHECK        baseline       lossy',
    'a            ✓ 10.0 s *     ✓ 20.0 s ×2.0 *',
    '  rtt of n1                 51 ms',
    'b            ✗ timed out *  ✓ 10.0 s *',
    '',
    'changed since run-1:',
    '  newly passing  a@baseline',
    '  slower         a@lossy     20.0 s, newest ×1.98 of those before (by chance: 0.45 %)',
    '  changed        a@lossy     rtt of n1: 51 ms, newest ×5.05 of those before (by chance: 0.45 %)',
    '  newly failing  b@baseline  timed out',
    '  new            b@lossy     passed',
  ])
  expect(lines).toContain('*: see the changes')
})

describe('a search', () => {
  const question = { knob: 'rate', from: 64, to: 10_000, repeat: 2, points: 5 } as const
  const probe = (kilobits: number, first: 'passed' | 'failed', last: 'passed' | 'failed') =>
    cell(`a@rate=${kilobits}kbit`, last, {
      attempts: 2,
      earlier: [{ attempt: 1, outcome: first, failure: null, seconds: 1, folder: null, ...untimed }],
    })
  const run = runOf(
    1,
    [
      probe(10_000, 'passed', 'passed'),
      probe(64, 'failed', 'failed'),
      probe(800, 'passed', 'passed'),
      probe(226, 'failed', 'failed'),
      probe(2830, 'passed', 'failed'),
    ],
    { sweep: { type: 'search', question } },
  )
  const report = searchReportOf(run, question)

  test('is a sentence, and below it every value from mild to harsh', () => {
    expect(sweepLines(report, 80, plain)).toEqual([
      'a stops passing between rate 800 kbit/s and 226 kbit/s (5 points, 10 attempts)',
      '  10 Mbit/s    2 of 2 passed  passes in 34-100 %',
      '  2.83 Mbit/s  1 of 2 passed  passes in 9-91 %',
      '  800 kbit/s   2 of 2 passed  passes in 34-100 %',
      '  226 kbit/s   0 of 2 passed  passes in 0-66 %',
      '  64 kbit/s    0 of 2 passed  passes in 0-66 %',
      '  not one threshold: fails at 2.83 Mbit/s, passes at the harsher 800 kbit/s (which may be chance: their intervals overlap)',
      '',
      'a value passes when more than half of its 2 attempts do; errored attempts are repeated and do not count',
      'rate: on all that nodes send, at both ends of a link',
      'rates: Wilson intervals, 95 %; --repeat makes them narrower',
    ])
  })

  test('probes that fail are answers, and no trouble', () => {
    const summary = formatSummary(
      { ...run, sweep: report },
      { color: false, folder: 'reports/x', reports: [] },
    )
    expect(summary).not.toContain('again')
    expect(summary).not.toContain('flaky ')
    expect(summary).toContain('a stops passing between rate 800 kbit/s and 226 kbit/s')
  })

  test.each([
    [{ type: 'always-passes' }, 'a also passes at loss 20 %, the end of the range (2 points, 6 attempts)'],
    [
      { type: 'never-passes' },
      'a does not even pass at loss 0 %, the mildest of the range (2 points, 6 attempts)',
    ],
    [
      { type: 'broken', value: 20, errors: 3, message: 'QEMU died' },
      'a: search stopped at loss 20 %, the infrastructure failed 3 times in a row: QEMU died (2 points, 6 attempts)',
    ],
    [{ type: 'impossible', value: 0, reason: 'too large' }, 'a: cannot be run at loss 0 %: too large'],
    [
      { type: 'unfinished', cutOff: false, milder: 0, harsher: 20 },
      'a: time is over; passes at loss 0 %, fails at loss 20 % (2 points, 6 attempts)',
    ],
    [
      { type: 'unfinished', cutOff: true, milder: null, harsher: null },
      'a: cut off; nothing is known yet (2 points, 6 attempts)',
    ],
  ] as [SearchResult['ending'], string][])('ends otherwise: %o', (ending, sentence) => {
    const points = [0, 20].map((value) => ({
      value,
      passed: 3,
      failed: 0,
      errored: 0,
      passes: true,
      passRateInterval: [0.4, 1] as [number, number],
    }))
    expect(sentenceOf({ check: 'a', ending, points, attempts: 6, contradictions: [] }, 'loss')).toBe(sentence)
  })

  test('values have the unit that suits them', () => {
    expect([valueText('delay', 1500), valueText('jitter', 2.5), valueText('rate', 999)]).toEqual([
      '1.5 s',
      '2.5 ms',
      '999 kbit/s',
    ])
  })
})
