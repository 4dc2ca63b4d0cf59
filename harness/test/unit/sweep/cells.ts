import { type HistoryRecord, historySchema } from '../../../model/history.ts'
import type { Outcome } from '../../../model/outcome.ts'
import type { CheckReport, Metric, RunInfo, RunReport } from '../../../model/report.ts'
import { emptyAttempt } from '../../../state/attempt-state.ts'
import { toCheckReport } from '../../../state/check-report.ts'
import { emptyRun } from '../../../state/reduce.ts'

/** A cell's report: `check@profile`, or just a check. */
export function cell(id: string, outcome: Outcome, facts: Partial<CheckReport> = {}): CheckReport {
  const [name = '', profile = null] = id.split('@')
  return toCheckReport(emptyAttempt(), {
    name,
    profile,
    outcome,
    kind: 'vm',
    accelerator: 'tcg',
    execution: 'executed',
    seconds: 10,
    ...facts,
  })
}

/** A run of the day 2026-11-DAY. */
export function runOf(day: number, checks: CheckReport[], facts: Partial<RunInfo> = {}): RunReport {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z`
  return {
    schema: 1,
    run: { ...emptyRun().run, id: `run-${day}`, startedAt, endedAt: startedAt, ...facts },
    checks,
  }
}

/** Attempts of a cell, one a day from the first of October on, that passed. */
export function past(id: string, seconds: number[], facts: Partial<HistoryRecord> = {}): HistoryRecord[] {
  const [check = '', profile = null] = id.split('@')
  return seconds.map((one, day) => ({
    schema: historySchema,
    run: `past-${day}`,
    at: `2026-10-${String(day + 1).padStart(2, '0')}T00:00:00.000Z`,
    host: 'h',
    check,
    kind: 'vm',
    profile,
    accelerator: 'tcg',
    attempt: 1,
    outcome: 'passed',
    execution: 'executed',
    seconds: one,
    subject: null,
    failure: null,
    metrics: [],
    ...facts,
  }))
}

export function metric(name: string, value: number, facts: Partial<Metric> = {}): Metric {
  return { name, value, unit: 'ms', node: null, ...facts }
}
