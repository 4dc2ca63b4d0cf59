import { RequestedAssertionFailed } from '../errors.ts'
import type { TestRecorder } from '../record/test-recorder.ts'

/** A value that was measured. */
export interface Measured {
  /** Such as `rtt`; no blanks, no `=`. */
  name: string
  value: number
  /** Such as `ms`; no blanks. */
  unit: string
  /** The node that it says something about. */
  node?: string
}

/** How far a value may be off: by a part of the target, or by an amount in the value's unit. One of both suffices. */
export interface Tolerance {
  /** Such as 5. */
  percent?: number
  absolute?: number
}

/** What can be expected of a measured value. Each records the value as a metric and throws when it does not hold. */
export interface Expectation {
  toBeNear(target: number, tolerance: Tolerance): void
  toBeAtMost(limit: number): void
  toBeAtLeast(limit: number): void
  /** Both limits included. */
  toBeBetween(least: number, most: number): void
}

interface Range {
  least: number
  most: number
  /** Without the measured value, so that it is the same in every run. */
  words: string
  /** Spells out the limits where the words do not. */
  limits?: string
}

/**
 * Begins an expectation: `expect({ name: 'rtt', value, unit: 'ms', node: 'alpha' }).toBeNear(50, { percent: 5 })`.
 * @internal
 */
export function createExpect(log: TestRecorder, record: (measured: Measured) => void) {
  return (measured: Measured): Expectation => {
    const demand = (range: Range) => check(log, record, measured, range)
    const { unit } = measured
    return {
      toBeNear: (target, tolerance) => demand(around(target, tolerance, unit)),
      toBeAtMost: (most) =>
        demand({ least: Number.NEGATIVE_INFINITY, most, words: `at most ${shown(most, unit)}` }),
      toBeAtLeast: (least) =>
        demand({ least, most: Number.POSITIVE_INFINITY, words: `at least ${shown(least, unit)}` }),
      toBeBetween: (least, most) =>
        demand({ least, most, words: `between ${shown(least)} and ${shown(most, unit)}` }),
    }
  }
}

function around(target: number, { percent, absolute }: Tolerance, unit: string): Range {
  const allowed = [
    ...(percent === undefined ? [] : [`${shown(percent)} %`]),
    ...(absolute === undefined ? [] : [shown(absolute, unit)]),
  ]
  if (allowed.length === 0) throw new Error('toBeNear needs { percent } or { absolute }')
  const reach = Math.max((Math.abs(target) * (percent ?? 0)) / 100, absolute ?? 0)
  return {
    least: target - reach,
    most: target + reach,
    words: `${shown(target, unit)} ± ${allowed.join(' or ')}`,
    limits: ` (${shown(target - reach)} to ${shown(target + reach, unit)})`,
  }
}

function check(
  log: TestRecorder,
  record: (measured: Measured) => void,
  measured: Measured,
  { least, most, words, limits = '' }: Range,
): void {
  const { name, value, unit, node } = measured
  const what = node === undefined ? name : `${name} of ${node}`
  if (Number.isFinite(value)) record(measured)
  log.demand({ type: 'subtest', name: `${what}: ${words}` }, () => {
    const isMeasured = Number.isFinite(value)
    if (isMeasured && value >= least && value <= most) return
    const is = isMeasured ? `is ${shown(value, unit)}` : `was not measured (${value})`
    throw new RequestedAssertionFailed(`${what} ${is}, expected ${words}${limits}`)
  })
}

/** Six digits: what is beyond is noise of a division. */
function shown(value: number, unit = ''): string {
  return `${Number(value.toPrecision(6))} ${unit}`.trimEnd()
}
