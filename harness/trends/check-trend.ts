import { compareText } from '../model/compare-text.ts'
import { groupBy } from '../model/group-by.ts'
import { type HistoryRecord, seriesOf } from '../model/history.ts'
import { type DurationTrend, durationTrend } from './durations.ts'
import { type Flakiness, flakinessOf } from './flakiness.ts'
import { wilsonInterval } from './wilson.ts'

/** What past runs say about a check under a profile. */
export interface CheckTrend {
  check: string
  profile: string | null
  /** Attempts that gave a verdict: passed, failed or timed-out. */
  verdicts: number
  passed: number
  /** null without a verdict. */
  passRate: number | null
  /** 95 % interval of the pass rate. */
  passRateInterval: [number, number]
  /** Attempts that the infrastructure broke; they say nothing about the check. */
  errored: number
  flakiness: Flakiness
  /** Under the accelerator of the newest attempt: emulation takes ten times as long. */
  duration: DurationTrend
  /** Outcomes of the newest attempts, oldest first. */
  recent: HistoryRecord['outcome'][]
  lastFailure: Pick<HistoryRecord, 'at' | 'run' | 'outcome' | 'failure'> | null
  /** ISO 8601 of the newest attempt. */
  lastAt: string
}

const recentOutcomes = 20

/** Groups attempts by check and profile. @param records in any order @returns by name */
export function checkTrends(records: Iterable<HistoryRecord>): CheckTrend[] {
  return [...groupBy(records, seriesOf)].sort(([a], [b]) => compareText(a, b)).map(([, one]) => trendOf(one))
}

function trendOf(unordered: HistoryRecord[]): CheckTrend {
  const records = unordered.sort((a, b) => compareText(a.at, b.at) || a.attempt - b.attempt)
  const newest = records.at(-1) as HistoryRecord
  const passed = records.filter(({ outcome }) => outcome === 'passed')
  const failures = records.filter(({ outcome }) => outcome === 'failed' || outcome === 'timed-out')
  const verdicts = passed.length + failures.length
  const last = failures.at(-1)
  return {
    check: newest.check,
    profile: newest.profile,
    verdicts,
    passed: passed.length,
    passRate: verdicts === 0 ? null : passed.length / verdicts,
    passRateInterval: wilsonInterval(passed.length, verdicts),
    errored: records.filter(({ outcome }) => outcome === 'errored').length,
    flakiness: flakinessOf(records),
    duration: durationTrend(
      passed.flatMap(({ accelerator, seconds }) =>
        accelerator === newest.accelerator ? (seconds ?? []) : [],
      ),
    ),
    recent: records.slice(-recentOutcomes).map(({ outcome }) => outcome),
    lastFailure: last ? { at: last.at, run: last.run, outcome: last.outcome, failure: last.failure } : null,
    lastAt: newest.at,
  }
}
