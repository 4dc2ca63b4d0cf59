import { compareText } from '../model/compare-text.ts'
import { groupBy } from '../model/group-by.ts'
import { type HistoryRecord, seriesOf } from '../model/history.ts'
import type { CheckReport, Metric, RunInfo } from '../model/report.ts'
import type { CellDrift, CellMetric, SweepCell } from '../model/sweep.ts'
import { driftOf } from '../trends/drift.ts'
import { median } from '../trends/median.ts'
import { isPass } from './verdict.ts'

/** Earlier attempts that can be compared with a cell, oldest first. */
export type CellHistory = readonly HistoryRecord[]

/**
 * Sorts what is older than a run by cells. Only attempts that passed count, because others end anywhere, and only those
 * under the same accelerator, because translation takes many times longer than hardware.
 */
export function cellHistories(
  records: readonly HistoryRecord[],
  run: RunInfo,
): (check: CheckReport) => CellHistory {
  const own = new Set([run.id, ...(run.mergedFrom ?? [])])
  const older = records.filter((one) => one.at < run.startedAt && !own.has(one.run) && isComparable(one))
  const series = groupBy(
    older.sort((a, b) => compareText(a.at, b.at)),
    seriesOf,
  )
  return ({ name, profile, accelerator }) =>
    (series.get(seriesOf({ check: name ?? '', profile })) ?? []).filter(
      (one) => one.accelerator === accelerator,
    )
}

function isComparable({ outcome, execution }: HistoryRecord): boolean {
  return isPass(outcome) && execution === 'executed'
}

/** How the time of a cell compares with those before. */
export function durationDrift(
  { outcome, seconds }: CheckReport,
  past: CellHistory,
): Pick<SweepCell, 'drift' | 'known'> {
  const now = isPass(outcome) && seconds !== null ? [seconds] : []
  const values = [...past.flatMap((one) => one.seconds ?? []), ...now]
  // What did not pass now is not compared: the newest of the others would speak of earlier runs.
  return { drift: now.length > 0 ? toldDrift(values) : null, known: values.length }
}

/** Each metric of a cell once, with how it compares with those before. */
export function metricDrifts({ outcome, metrics }: CheckReport, past: CellHistory): CellMetric[] {
  const isCompared = isPass(outcome)
  return [...byMetric(metrics)].map(([key, measured]) => {
    const now = median(measured.map(({ value }) => value)) ?? 0
    const before = past.flatMap(
      (one) => median((byMetric(one.metrics).get(key) ?? []).map(({ value }) => value)) ?? [],
    )
    const [{ name, unit, node }] = measured
    return { name, unit, node, value: now, drift: isCompared ? toldDrift([...before, now]) : null }
  })
}

/** The same name in another unit or of another node is another metric. */
function byMetric(metrics: readonly Metric[]): Map<string, [Metric, ...Metric[]]> {
  return groupBy(metrics, ({ name, node, unit }) => JSON.stringify([name, node, unit]))
}

function toldDrift(values: readonly number[]): CellDrift | null {
  const { direction, ratio, chance } = driftOf(values)
  return direction === 'unknown' ? null : { direction, ratio, chance }
}
