import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { CheckReport, RunReport } from '../model/report.ts'
import { type ExitCircumstances, exitCodeOf } from '../state/exit-code.ts'
import { searchExitCode } from '../sweep/exit-code.ts'
import { searchReportOf } from '../sweep/search-result.ts'

/** How a run exits: by its checks, or by what a search for a threshold came to. */
export function runExitCode(report: RunReport, circumstances: ExitCircumstances): ExitCode {
  const { sweep } = report.run
  if (sweep?.type !== 'search') return exitCodeOf(report.checks, circumstances)
  if (circumstances.signal === 'SIGTERM') return exitCodes.terminated
  if (circumstances.signal === 'SIGINT' || report.checks.some(isCutOff)) return exitCodes.interrupted
  return searchExitCode(searchReportOf(report, sweep.question).results)
}

/** Of a run that was killed the journal holds no signal. */
function isCutOff({ outcome, skip }: CheckReport): boolean {
  return outcome === 'interrupted' || skip === 'interrupted'
}
