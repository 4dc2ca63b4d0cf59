import type { SweepCell } from '../../../model/sweep.ts'
import { formatSeconds } from '../../../model/units.ts'
import { metricName, metricText } from '../../../reporters/sweep-matrix.ts'

/** What the cells of a matrix can be shaded by. */
export interface Measure {
  id: string
  /** For the chooser. */
  title: string
  /** null: the cell has no such value, and no shade. */
  valueOf(cell: SweepCell): number | null
  textOf(value: number): string
}

const time: Measure = {
  id: 'time',
  title: 'Time',
  valueOf: ({ outcome, seconds }) => (outcome === 'passed' ? seconds : null),
  textOf: formatSeconds,
}

/** All that the cells of a sweep measured, and their times. */
export function measuresOf(cells: readonly SweepCell[], baseline: string | null): Measure[] {
  const slowdown: Measure = {
    id: 'slowdown',
    title: `Slow-down against ${baseline}`,
    valueOf: (cell) => cell.slowdown,
    textOf: (value) => `×${value.toFixed(value < 10 ? 1 : 0)}`,
  }
  const metrics = new Map<string, Measure>()
  for (const metric of cells.flatMap((cell) => cell.metrics)) {
    const name = metricName(metric)
    if (metrics.has(name)) continue
    metrics.set(name, {
      id: `metric ${name}`,
      title: name,
      valueOf: (cell) => cell.metrics.find((one) => metricName(one) === name)?.value ?? null,
      textOf: (value) => metricText({ ...metric, value }),
    })
  }
  return [...(baseline === null ? [] : [slowdown]), time, ...metrics.values()]
}

/** How many shades there are. */
export const shadeCount = 5

/** Which values have which shade. */
export interface Scale {
  /** 0 to `shadeCount` - 1. */
  shadeOf(value: number): number
  /** Lower end of each shade, and the upper end of the last one. */
  bounds: number[]
}

/** Values that span more than this many times the least are told apart by their logarithms. */
const wideSpan = 10

/** @returns null where no shades could be told apart */
export function scaleOf(values: readonly number[]): Scale | null {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (!(most > least)) return null
  const isWide = least > 0 && most / least > wideSpan
  const [to, from] = isWide ? [Math.log, Math.exp] : [same, same]
  const [low, high] = [to(least), to(most)]
  const step = (high - low) / shadeCount
  return {
    shadeOf: (value) => Math.min(shadeCount - 1, Math.max(0, Math.floor((to(value) - low) / step))),
    bounds: Array.from({ length: shadeCount + 1 }, (_, index) => from(low + index * step)),
  }
}

function same(value: number): number {
  return value
}
