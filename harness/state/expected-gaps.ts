import type { CheckReport } from '../model/report.ts'
import { gapReport } from './gap-report.ts'

/** A check that somebody waits for, under its profile. */
export type ExpectedCheck = Pick<CheckReport, 'name' | 'profile'>

const why = 'no run here knows of it; its job was lost, was never started, or its artifacts are missing'

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
    return gapReport({ ...one, namedExplicitly: true }, 'lost', why)
  })
}

// A pipeline knows no kinds: one name stands for one check.
function keyOf({ name, profile }: ExpectedCheck): string {
  return JSON.stringify([name, profile])
}
