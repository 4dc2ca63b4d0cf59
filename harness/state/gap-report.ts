import type { SkipKind } from '../model/plan.ts'
import type { CheckReport } from '../model/report.ts'
import { emptyAttempt } from './attempt-state.ts'
import { toCheckReport } from './check-report.ts'

/** The report on a check that no run executed. */
export function gapReport(facts: Partial<CheckReport>, skip: SkipKind, why: string): CheckReport {
  return toCheckReport(emptyAttempt(), {
    ...facts,
    outcome: 'skipped',
    execution: 'unknown',
    attempts: 0,
    reason: `not executed: ${why}`,
    skip,
  })
}
