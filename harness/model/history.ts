import type { Accelerator, CheckKind, Execution, Outcome } from './outcome.ts'
import type { FailureKind, Metric } from './report.ts'

/** Version of the records that this program writes; it reads this one and all earlier ones. */
export const historySchema = 1

/** One attempt, as the history keeps it: one JSON object a line. Times are ISO 8601, durations seconds. */
export interface HistoryRecord {
  schema: number
  run: string
  /** When the attempt ended. */
  at: string
  /** Name of the machine that ran it. */
  host: string
  check: string
  kind: CheckKind
  profile: string | null
  accelerator: Accelerator | null
  /** 1-based within the run. */
  attempt: number
  outcome: Outcome
  execution: Execution
  seconds: number | null
  /**
   * What was tested, where that is known: the derivation, or the content of the suite. Two attempts of one subject
   * that end differently prove that the check is flaky.
   */
  subject: string | null
  failure: { kind: FailureKind; node: string | null; assertion: string | null; message: string } | null
  metrics: Metric[]
}

/** What is counted together: a check under a profile, whatever the accelerator. */
export function seriesOf({ check, profile }: Pick<HistoryRecord, 'check' | 'profile'>): string {
  return profile === null ? check : `${check}@${profile}`
}
