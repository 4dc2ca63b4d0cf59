import { describe, expect, test } from 'vitest'
import type { HistoryRecord } from '../../../model/history.ts'
import type { CheckReport, RunReport } from '../../../model/report.ts'
import type { SweepCell } from '../../../model/sweep.ts'
import { matrixReportOf } from '../../../sweep/matrix.ts'
import { cell, metric, past, runOf } from './cells.ts'

function matrix(
  checks: CheckReport[],
  { before = null, history = [] }: { before?: RunReport | null; history?: HistoryRecord[] } = {},
  profiles = ['lossy', 'baseline'],
) {
  return matrixReportOf(runOf(20, checks), profiles, { before, history })
}

function only(cells: SweepCell[]): SweepCell {
  if (cells.length !== 1 || !cells[0]) throw new Error(`${cells.length} cells`)
  return cells[0]
}

test('checks by name, the baseline first, and the cells in this order', () => {
  const { checks, profiles, cells, baseline, run } = matrix([
    cell('b@lossy', 'passed'),
    cell('a@lossy', 'passed'),
    cell('a@baseline', 'passed'),
    cell('b@baseline', 'passed'),
  ])
  expect({ checks, profiles, baseline, run }).toEqual({
    checks: ['a', 'b'],
    profiles: ['baseline', 'lossy'],
    baseline: 'baseline',
    run: 'run-20',
  })
  expect(cells.map(({ check, profile }) => `${check}@${profile}`)).toEqual([
    'a@baseline',
    'a@lossy',
    'b@baseline',
    'b@lossy',
  ])
})

describe('slow-down', () => {
  const slowdowns = (checks: CheckReport[]) => matrix(checks).cells.map(({ slowdown }) => slowdown)

  test('is the time over that of the same check under the baseline', () => {
    const lossy = cell('a@lossy', 'passed', { seconds: 25 })
    expect(slowdowns([cell('a@baseline', 'passed'), lossy])).toEqual([null, 2.5])
    expect(slowdowns([cell('b@baseline', 'passed'), lossy])).toEqual([null, null])
  })

  test('needs that both passed: others ended anywhere', () => {
    expect(slowdowns([cell('a@baseline', 'failed'), cell('a@lossy', 'passed')])).toEqual([null, null])
    expect(slowdowns([cell('a@baseline', 'passed'), cell('a@lossy', 'timed-out')])).toEqual([null, null])
    const unmeasured = cell('a@baseline', 'passed', { seconds: null })
    expect(slowdowns([unmeasured, cell('a@lossy', 'passed')])).toEqual([null, null])
  })

  test('there is none without a baseline', () => {
    expect(matrix([cell('a@lossy', 'passed')], {}, ['lossy'])).toMatchObject({
      baseline: null,
      cells: [{ slowdown: null }],
    })
  })
})

describe('since the sweep before', () => {
  test.each([
    ['passed', 'failed', 'newly-failing'],
    ['passed', 'timed-out', 'newly-failing'],
    ['failed', 'passed', 'newly-passing'],
    ['timed-out', 'failed', 'same'],
    ['passed', 'passed', 'same'],
    ['errored', 'passed', 'no-verdict'],
    ['passed', 'errored', 'no-verdict'],
    ['skipped', 'failed', 'no-verdict'],
  ] as const)('%s, then %s: %s', (then, now, change) => {
    const before = runOf(1, [cell('a@lossy', then), cell('a@baseline', 'passed')])
    const { cells, against } = matrix([cell('a@lossy', now)], { before }, ['lossy'])
    expect({ change: only(cells).change, against }).toEqual({ change, against: 'run-1' })
  })

  test('a cell that was not there is new', () => {
    const before = runOf(1, [cell('a@lossy', 'passed'), cell('b@baseline', 'passed')])
    const { cells } = matrix([cell('a@baseline', 'failed'), cell('b@baseline', 'passed')], { before })
    expect(cells.map(({ change }) => change)).toEqual(['new', 'same'])
  })

  test('without such a sweep nothing is said', () => {
    expect(matrix([cell('a@lossy', 'failed')])).toMatchObject({ against: null, cells: [{ change: null }] })
  })
})

describe('beyond noise', () => {
  const noise = [10, 11, 9, 10.5, 9.5, 10.2, 9.8, 10.1, 10.3]
  const drift = (seconds: number, history: HistoryRecord[], facts: Partial<CheckReport> = {}) =>
    only(matrix([cell('a@lossy', 'passed', { seconds, ...facts })], { history }, ['lossy']).cells)

  test('a time that stands out with those just before it', () => {
    expect(drift(15, past('a@lossy', [...noise, 15.5, 14]))).toMatchObject({
      drift: { direction: 'higher', ratio: expect.closeTo(15 / 10.1, 1) },
      known: noise.length + 3,
    })
    expect(drift(5, past('a@lossy', [...noise, 5.5, 4]))).toMatchObject({ drift: { direction: 'lower' } })
    expect(drift(10, past('a@lossy', noise))).toMatchObject({ drift: { direction: 'steady' } })
  })

  test('too little history claims nothing', () => {
    expect(drift(100, past('a@lossy', [1, 1, 1, 1, 1, 1, 100, 100]))).toMatchObject({ drift: null, known: 9 })
    expect(drift(100, past('a@lossy', [1, 1, 1, 1, 1, 1, 1, 100, 100]))).toMatchObject({
      drift: { direction: 'higher' },
      known: 10,
    })
  })

  test('what cannot be compared is left out', () => {
    const slow = [...noise, 15, 15]
    const others = [
      past('a@edge', slow),
      past('b@lossy', slow),
      past('a@lossy', slow, { accelerator: 'kvm' }),
      past('a@lossy', slow, { outcome: 'failed' }),
      past('a@lossy', slow, { execution: 'cached' }),
      past('a@lossy', slow, { run: 'run-20' }),
      past('a@lossy', slow, { at: '2026-12-01T00:00:00.000Z' }),
    ]
    expect(drift(15, others.flat())).toMatchObject({ drift: null, known: 1 })
  })

  test('a time of what failed is not compared', () => {
    const [failed] = matrix([cell('a@lossy', 'failed', { seconds: 1 })], {
      history: past('a@lossy', [...noise, 1, 1]),
    }).cells
    expect(failed).toMatchObject({ drift: null })
  })

  test('metrics by name, node and unit; the median of several', () => {
    const measured = (value: number) => [metric('rtt', value), metric('rtt', 1, { node: 'a' })]
    const history = [...noise, 50, 52].flatMap((value, day) => {
      const [record] = past('a@lossy', [10])
      return record
        ? [{ ...record, run: `past-${day}`, at: `2026-10-${day + 10}`, metrics: measured(value) }]
        : []
    })
    const { metrics } = drift(10, history, {
      metrics: [...measured(40), metric('rtt', 60), metric('size', 5)],
    })
    expect(metrics).toMatchObject([
      { name: 'rtt', node: null, value: 50, drift: { direction: 'higher' } },
      { name: 'rtt', node: 'a', value: 1, drift: { direction: 'steady' } },
      { name: 'size', value: 5, drift: null },
    ])
  })
})
