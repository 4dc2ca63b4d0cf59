import type { Outcome } from '../model/outcome.ts'

/** So many broken attempts in a row at one value end a search: more of the same would tell nothing. */
export const mostErrorsInARow = 3

/** What the attempts at one value come to. `open`: more are needed. */
export type ValueVerdict = 'passes' | 'fails' | 'open' | 'broken' | 'impossible'

/**
 * A value passes when more than half of its attempts do. All of them are made: to stop as soon as that is clear would
 * bias the rate. Attempts that the infrastructure broke, or an interruption cut off, do not count and are repeated.
 */
export function valueVerdict(outcomes: readonly Outcome[], repeat: number): ValueVerdict {
  const passed = outcomes.filter(isPass).length
  const failed = outcomes.filter(isFailure).length
  if (passed + failed >= repeat) return passed > failed ? 'passes' : 'fails'
  if (outcomes.at(-1) === 'skipped') return 'impossible'
  const sinceVerdict = outcomes.slice(outcomes.findLastIndex((one) => isPass(one) || isFailure(one)) + 1)
  return sinceVerdict.filter(isError).length >= mostErrorsInARow ? 'broken' : 'open'
}

/** Whether an outcome is a verdict for the check. */
export function isPass(outcome: Outcome): boolean {
  return outcome === 'passed'
}

/** Whether an outcome is a verdict against the check. */
export function isFailure(outcome: Outcome): boolean {
  return outcome === 'failed' || outcome === 'timed-out'
}

/** Whether something else went wrong than the check. */
export function isError(outcome: Outcome): boolean {
  return outcome === 'errored' || outcome === 'unknown'
}
