import { compareText } from '../../model/compare-text.ts'
import { groupBy } from '../../model/group-by.ts'
import { type HistoryRecord, seriesOf } from '../../model/history.ts'
import type { CheckReport, RunInfo } from '../../model/report.ts'
import type { SeriesHistory } from '../../page/data.ts'
import { checkTrends } from '../../trends/check-trend.ts'

const mostPoints = 50

/**
 * How the checks of a run fared until then. Only attempts of the run itself and older ones count, so that a page that is
 * made again later shows the same.
 */
export function historyOf(
  { run, checks }: { run: RunInfo; checks: readonly CheckReport[] },
  records: readonly HistoryRecord[],
): SeriesHistory[] {
  const own = ownRuns(run)
  const shown = new Set(checks.map(({ name, profile }) => seriesOf({ check: name ?? '', profile })))
  const known = records.filter(
    (one) => shown.has(seriesOf(one)) && (own.has(one.run) || one.at < run.startedAt),
  )
  const series = groupBy(known, seriesOf)
  return checkTrends(known).map((trend) => ({
    check: trend.check,
    profile: trend.profile,
    trend,
    points: newest(series.get(seriesOf(trend)) ?? []),
  }))
}

/** Ids by which history knows a run: a merged one by those of its parts. */
export function ownRuns({ id, mergedFrom }: RunInfo): Set<string> {
  return new Set([id, ...(mergedFrom ?? [])])
}

function newest(records: readonly HistoryRecord[]): SeriesHistory['points'] {
  return records
    .toSorted((a, b) => compareText(a.at, b.at) || a.attempt - b.attempt)
    .slice(-mostPoints)
    .map(({ run, at, attempt, outcome, seconds, accelerator }) => ({
      run,
      at,
      attempt,
      outcome,
      seconds,
      accelerator,
    }))
}
