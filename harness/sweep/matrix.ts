import { compareText } from '../model/compare-text.ts'
import type { HistoryRecord } from '../model/history.ts'
import type { Outcome } from '../model/outcome.ts'
import type { CheckReport, RunReport } from '../model/report.ts'
import type { MatrixReport, OutcomeChange, SweepCell } from '../model/sweep.ts'
import { leastValues, recentCount, significance } from '../trends/drift.ts'
import { type CellHistory, cellHistories, durationDrift, metricDrifts } from './cell-drift.ts'
import { isFailure, isPass } from './verdict.ts'

/** The profile that slow-downs refer to. */
const baselineName = 'baseline'

/** What a sweep is compared with. */
export interface SweepPast {
  /** The sweep before; null without one. */
  before: RunReport | null
  /** Of the sweep's checks, from any time: what is not older than the sweep is passed over. */
  history: readonly HistoryRecord[]
}

/** @param profiles in the order of the columns; checks may have been left out of some */
export function matrixReportOf(
  { run, checks }: RunReport,
  profiles: readonly (string | null)[],
  { before, history }: SweepPast,
): MatrixReport {
  const names = [...new Set(checks.flatMap(({ name }) => name ?? []))].sort(compareText)
  const columns = columnsOf(profiles, checks)
  const baseline = columns.includes(baselineName) ? baselineName : null
  const inOrder = names.flatMap((name) =>
    columns.flatMap((profile) => checks.find((one) => one.name === name && one.profile === profile) ?? []),
  )
  const histories = cellHistories(history, run)
  const cells = inOrder.map((check) =>
    cellOf(check, {
      baseline: baseline === null ? undefined : inOrder.find(isCell(check.name, baseline)),
      before: before && (before.checks.find(isCell(check.name, check.profile)) ?? 'none'),
      past: histories(check),
    }),
  )
  return {
    schema: 1,
    type: 'profiles',
    run: run.id,
    against: before?.run.id ?? null,
    test: {
      name: 'exact rank-sum test (Wilcoxon-Mann-Whitney), one-sided, each way',
      level: significance,
      newest: recentCount,
      leastAttempts: leastValues,
    },
    baseline,
    profiles: columns,
    checks: names,
    cells,
  }
}

function isCell(name: string | null, profile: string | null): (check: CheckReport) => boolean {
  return (check) => check.name === name && check.profile === profile
}

/** The profiles asked for, and what a journal without its head has beside them; the baseline comes first. */
function columnsOf(profiles: readonly (string | null)[], checks: readonly CheckReport[]): (string | null)[] {
  const all = new Set([...profiles, ...checks.map(({ profile }) => profile)])
  return [...all].sort((a, b) => Number(b === baselineName) - Number(a === baselineName))
}

interface CellContext {
  /** The same check under the baseline. */
  baseline: CheckReport | undefined
  /** The same cell of the sweep before; null without such a sweep. */
  before: CheckReport | 'none' | null
  past: CellHistory
}

function cellOf(check: CheckReport, { baseline, before, past }: CellContext): SweepCell {
  const { outcome, flaky, reason, seconds } = check
  return {
    check: check.name ?? '',
    profile: check.profile,
    outcome,
    flaky,
    reason,
    seconds,
    slowdown: slowdownOf(check, baseline),
    metrics: metricDrifts(check, past),
    change: before && outcomeChange(before, outcome),
    ...durationDrift(check, past),
  }
}

/** A check that failed ended when it failed: its time says nothing. */
function slowdownOf(check: CheckReport, baseline: CheckReport | undefined): number | null {
  if (!baseline || baseline === check) return null
  if (!isPass(check.outcome) || !isPass(baseline.outcome)) return null
  return check.seconds !== null && baseline.seconds ? check.seconds / baseline.seconds : null
}

function outcomeChange(before: CheckReport | 'none', now: Outcome): OutcomeChange {
  if (before === 'none') return 'new'
  const verdicts = [before.outcome, now]
  if (!verdicts.every((one) => isPass(one) || isFailure(one))) return 'no-verdict'
  if (isPass(before.outcome) === isPass(now)) return 'same'
  return isPass(now) ? 'newly-passing' : 'newly-failing'
}
