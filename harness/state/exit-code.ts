import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { Outcome, StopSignal } from '../model/outcome.ts'
import type { CheckReport } from '../model/report.ts'

/** What else than the checks decides how a command exits. */
export interface ExitCircumstances {
  /** The signal that ended the run, if one did. */
  signal?: StopSignal | null
  /** `--strict`: whatever was not executed counts, not only what was named. */
  strict?: boolean
  /** It was cut off before anybody could say what it would run. */
  cutOff?: boolean
}

/**
 * The exit code of a run. Wrong usage (2) is thrown long before; of the others the first that applies of
 * 130/143, 1, 4, 3, 5, 0.
 *
 * A failure in quarantine counts for nothing.
 *
 * - 3 also stands for a selection of which nothing can run on this host and nothing was named: without a name,
 *   a run selects what can run here, and that is nothing. Green without a single execution would be a lie. With
 *   `--strict` it is 5, which was asked for.
 * - A selection of which nothing at all was executed is 5 for the same reason, named or not.
 * - An attempt whose outcome is `unknown`, or that passed without proof of its execution, is 5 whether it was
 *   named or not: it was attempted, and 0 promises that everything that was attempted executed and passed.
 * - What is missing of a merged report, because its shard or its job is, is 5, too.
 */
export function exitCodeOf(checks: CheckReport[], circumstances: ExitCircumstances = {}): ExitCode {
  const { signal = null, strict = false, cutOff = false } = circumstances
  const some = (...outcomes: Outcome[]) =>
    checks.some(({ outcome, quarantine }) => outcomes.includes(outcome) && quarantine === null)
  if (signal === 'SIGTERM') return exitCodes.terminated
  if (signal === 'SIGINT' || cutOff || checks.some(wasCutOff)) return exitCodes.interrupted
  if (some('failed', 'timed-out')) return exitCodes.failed
  if (some('errored')) return exitCodes.infrastructure
  if (checks.length === 0) return exitCodes.nothingMatched
  if (!strict && checks.every(leftOut)) return exitCodes.nothingMatched
  if (checks.every(({ outcome }) => outcome === 'skipped')) return exitCodes.notExecuted
  if (checks.some((check) => missing(check, strict))) return exitCodes.notExecuted
  return exitCodes.passed
}

/** The run ended before it did, or before it began; of a run that was killed the journal holds no signal. */
function wasCutOff({ outcome, skip }: CheckReport): boolean {
  return outcome === 'interrupted' || skip === 'interrupted'
}

/** It never belonged to "every check that this host can run". */
function leftOut({ skip, namedExplicitly }: CheckReport): boolean {
  return !namedExplicitly && (skip === 'cannot-run-here' || skip === 'not-a-vm-test')
}

/** It should have been executed, and was not. */
function missing(check: CheckReport, strict: boolean): boolean {
  if (check.skip === 'other-shard' || check.skip === 'lost') return true
  if (check.outcome === 'skipped') return strict || check.namedExplicitly
  return check.outcome === 'unknown' || check.execution !== 'executed'
}
