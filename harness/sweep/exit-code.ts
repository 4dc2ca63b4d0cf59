import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { SearchResult } from '../model/sweep.ts'

/**
 * The exit code of a threshold search that was not interrupted: failures at harsh values are what it looks for. The
 * first that applies of 1 (a check does not even pass at the mildest value), 4 (the infrastructure ended it), 5 (it came
 * to no end, or had nothing to search), 0.
 */
export function searchExitCode(results: readonly SearchResult[]): ExitCode {
  const some = (...types: SearchResult['ending']['type'][]) =>
    results.some(({ ending }) => types.includes(ending.type))
  if (some('never-passes')) return exitCodes.failed
  if (some('broken')) return exitCodes.infrastructure
  if (results.length === 0 || some('unfinished', 'impossible')) return exitCodes.notExecuted
  return exitCodes.passed
}
