import type { Outcome } from '../model/outcome.ts'

/** When an instance is attempted again. */
export interface RetryPolicy {
  /** Attempts after the first. */
  retries: number
  /** `errored`: only what the infrastructure broke; a check that said no is not asked again. */
  on: 'any' | 'errored'
}

/** Whether an outcome is one that a retry could mend. */
export function didNotPass(outcome: Outcome): boolean {
  return outcome === 'failed' || outcome === 'errored' || outcome === 'timed-out'
}

/** @param attempt the one that ended, 1-based */
export function isRetried({ retries, on }: RetryPolicy, outcome: Outcome, attempt: number): boolean {
  return attempt <= retries && (on === 'any' ? didNotPass(outcome) : outcome === 'errored')
}
