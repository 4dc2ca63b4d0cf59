import type { CheckReport } from '../model/report.ts'
import { emptyAttempt } from './attempt-state.ts'
import { toCheckReport } from './check-report.ts'

/** A check that somebody waits for, under its profile. */
export type ExpectedCheck = Pick<CheckReport, 'name' | 'profile'>

const reason =
  'not executed: no run here knows of it; its job was lost, was never started, or its artifacts are missing'

/**
 * What is expected of a report and is not in it, as skipped: a job that was lost leaves no journal, and green without
 * it would be a lie.
 * @param checks of the report
 */
export function expectedGaps(
  expected: readonly ExpectedCheck[],
  checks: readonly CheckReport[],
): CheckReport[] {
  const present = new Set(checks.map(keyOf))
  return expected.flatMap((one) => {
    if (present.has(keyOf(one))) return []
    present.add(keyOf(one))
    return toCheckReport(emptyAttempt(), {
      ...one,
      outcome: 'skipped',
      execution: 'unknown',
      attempts: 0,
      reason,
      skip: 'lost',
      namedExplicitly: true,
    })
  })
}

// A pipeline knows no kinds: one name stands for one check.
function keyOf({ name, profile }: ExpectedCheck): string {
  return JSON.stringify([name, profile])
}
