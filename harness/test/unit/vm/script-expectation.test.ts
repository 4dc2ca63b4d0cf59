import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../../../model/log-event.ts'
import { TestRecorder } from '../../../vm/record/test-recorder.ts'
import { createExpect, type Expectation, type Measured } from '../../../vm/script/expectation.ts'

const rtt: Measured = { name: 'rtt', value: 51.23456789, unit: 'ms', node: 'alpha' }

/** @returns name of the recorded block, and the words of its failure; null when it held */
function demand(measured: Measured, expectation: (one: Expectation) => void) {
  const events: LogEvent[] = []
  const metrics: Measured[] = []
  const output = { stdout: () => undefined, stderr: () => undefined }
  const log = new TestRecorder(output, { event: (event) => events.push(event) })
  const expectMeasured = createExpect(log, (one) => metrics.push(one))
  let words: string | null = null
  try {
    expectation(expectMeasured(measured))
  } catch (error) {
    words = (error as Error).message
  }
  const name = events.flatMap((event) => (event.type === 'assertionStarted' ? event.text : []))[0]
  return { name, words, metrics }
}

describe('an expectation on a measured value', () => {
  test.each([
    ['near, by a part', (one: Expectation) => one.toBeNear(50, { percent: 5 }), 'rtt of alpha: 50 ms ± 5 %'],
    [
      'near, by an amount',
      (one: Expectation) => one.toBeNear(50, { absolute: 2 }),
      'rtt of alpha: 50 ms ± 2 ms',
    ],
    [
      'near, by one of both',
      (one: Expectation) => one.toBeNear(49.3, { percent: 1, absolute: 2 }),
      'rtt of alpha: 49.3 ms ± 1 % or 2 ms',
    ],
    ['at most', (one: Expectation) => one.toBeAtMost(52), 'rtt of alpha: at most 52 ms'],
    ['at least', (one: Expectation) => one.toBeAtLeast(51), 'rtt of alpha: at least 51 ms'],
    ['between', (one: Expectation) => one.toBeBetween(51, 52), 'rtt of alpha: between 51 and 52 ms'],
  ])('%s: holds, under a name without the value', (_, expectation, name) => {
    expect(demand(rtt, expectation)).toEqual({ name, words: null, metrics: [rtt] })
  })

  test.each([
    [
      (one: Expectation) => one.toBeNear(50, { percent: 2 }),
      'rtt of alpha is 51.2346 ms, expected 50 ms ± 2 % (49 to 51 ms)',
    ],
    [
      (one: Expectation) => one.toBeNear(-50, { percent: 2 }),
      'rtt of alpha is 51.2346 ms, expected -50 ms ± 2 % (-51 to -49 ms)',
    ],
    [(one: Expectation) => one.toBeAtMost(51), 'rtt of alpha is 51.2346 ms, expected at most 51 ms'],
    [(one: Expectation) => one.toBeAtLeast(52), 'rtt of alpha is 51.2346 ms, expected at least 52 ms'],
    [(one: Expectation) => one.toBeBetween(1, 2), 'rtt of alpha is 51.2346 ms, expected between 1 and 2 ms'],
  ])('does not hold, and says what was and what should be', (expectation, words) => {
    expect(demand(rtt, expectation)).toMatchObject({ words, metrics: [rtt] })
  })

  test('limits themselves hold', () => {
    const limits = [
      (one: Expectation) => one.toBeNear(41, { absolute: 1 }),
      (one: Expectation) => one.toBeAtMost(42),
      (one: Expectation) => one.toBeAtLeast(42),
      (one: Expectation) => one.toBeBetween(42, 42),
    ]
    const value = { name: 'n', value: 42, unit: '' }
    expect(limits.map((limit) => demand(value, limit).words)).toEqual([null, null, null, null])
  })

  test('what was not measured meets none, and is no metric', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const told = demand({ ...rtt, value }, (one) => one.toBeAtLeast(0))
      expect(told.words).toBe(`rtt of alpha was not measured (${value}), expected at least 0 ms`)
      expect(told.metrics).toEqual([])
    }
  })

  test('needs a tolerance to be near', () => {
    expect(demand(rtt, (one) => one.toBeNear(50, {})).words).toBe(
      'toBeNear needs { percent } or { absolute }',
    )
  })
})
