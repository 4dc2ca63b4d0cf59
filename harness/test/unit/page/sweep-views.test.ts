import { describe, expect, test } from 'vitest'
import type { SweepCell } from '../../../model/sweep.ts'
import { changesOf } from '../../../page/views/matrix/changes.ts'
import { measuresOf, scaleOf, shadeCount } from '../../../page/views/matrix/shades.ts'
import { axisOf } from '../../../page/views/search/axis.ts'

const cell = (facts: Partial<SweepCell> = {}): SweepCell => ({
  check: 'a',
  profile: 'slow',
  outcome: 'passed',
  flaky: false,
  reason: null,
  seconds: 12,
  slowdown: 2,
  metrics: [],
  change: 'same',
  drift: null,
  known: 1,
  ...facts,
})
const rtt = { name: 'rtt', value: 52.13, unit: 'ms', node: 'alpha', drift: null }

describe('shades', () => {
  test('go from the least to the most value, in even steps', () => {
    const scale = scaleOf([1, 2, 3, 4, 5, 6])
    expect([1, 1.9, 2, 5.5, 6].map((value) => scale?.shadeOf(value))).toEqual([0, 0, 1, 4, 4])
    expect(scale?.bounds).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('of values that span decades, in even ratios', () => {
    const scale = scaleOf([1, 100_000])
    expect(scale?.bounds.map(Math.round)).toEqual([1, 10, 100, 1000, 10_000, 100_000])
    expect([1, 50, 99_999].map((value) => scale?.shadeOf(value))).toEqual([0, 1, shadeCount - 1])
  })

  test('there are none where all values are alike, and none are', () => {
    expect([scaleOf([]), scaleOf([7]), scaleOf([7, 7])]).toEqual([null, null, null])
  })

  test('by slow-down first, by time, and by whatever was measured; a failed check has no time', () => {
    const measures = measuresOf([cell({ metrics: [rtt] }), cell()], 'baseline')
    expect(measures.map(({ title }) => title)).toEqual(['Slow-down against baseline', 'Time', 'rtt of alpha'])
    const values = (one: SweepCell) => measures.map((measure) => measure.valueOf(one))
    expect(values(cell({ metrics: [rtt] }))).toEqual([2, 12, 52.13])
    expect(values(cell({ outcome: 'failed', slowdown: null }))).toEqual([null, null, null])
    expect(measures.map((measure) => measure.textOf(52.13))).toEqual(['×52', '52.1 s', '52.13 ms'])
    expect(measuresOf([cell()], null).map(({ id }) => id)).toEqual(['time'])
  })
})

test('changes in words, with what they rest on', () => {
  const drift = { direction: 'higher', ratio: 1.524, chance: 0.0083 } as const
  const changed = cell({
    change: 'newly-failing',
    drift,
    metrics: [{ ...rtt, drift: { ...drift, ratio: null } }],
  })
  expect(changesOf(changed)).toEqual([
    { kind: 'newly-failing', words: 'newly failing', detail: '' },
    { kind: 'slower', words: 'slower ×1.52', detail: 'now 12.0 s, by chance in 0.83 %' },
    { kind: 'changed', words: 'rtt of alpha higher', detail: 'now 52.13 ms, by chance in 0.83 %' },
  ])
  expect(changesOf(cell({ drift: { ...drift, direction: 'steady' } }))).toEqual([])
})

describe('the axis of a search', () => {
  test('runs from mild to harsh, also where harsh values are low', () => {
    const rate = axisOf([1000, 800, 500])
    expect([1000, 750, 500].map(rate.positionOf)).toEqual([0, 0.5, 1])
  })

  test('by ratios where values span decades; one value stands in the middle', () => {
    expect(axisOf([1, 10_000]).positionOf(100)).toBe(0.5)
    expect(axisOf([3]).positionOf(3)).toBe(0.5)
  })

  test('names no values that would overlap', () => {
    expect(axisOf([0, 1, 10, 20]).ticks).toEqual([20, 0, 10])
  })
})
