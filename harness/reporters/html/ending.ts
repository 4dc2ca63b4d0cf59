import { type ExitCode, exitCodes } from '../../model/exit-code.ts'
import type { RunInfo } from '../../model/report.ts'

const meanings: Record<ExitCode, string> = {
  [exitCodes.passed]: 'every selected check was executed and passed',
  [exitCodes.failed]: 'an assertion failed, or a check ran out of time',
  [exitCodes.usage]: 'the command was used wrongly',
  [exitCodes.nothingMatched]: 'nothing matched the selection',
  [exitCodes.infrastructure]:
    'nothing failed, but the infrastructure did: Nix, QEMU, the host or an evaluation',
  [exitCodes.notExecuted]: 'nothing failed, but a check that was asked for was not executed',
  [exitCodes.interrupted]: 'it was interrupted',
  [exitCodes.terminated]: 'it was told to terminate',
}

/** Where a search means something else. */
const searchMeanings: Partial<Record<ExitCode, string>> = {
  [exitCodes.passed]: 'every search came to its answer',
  [exitCodes.failed]: 'a check does not pass at any value',
  [exitCodes.notExecuted]: 'a search did not come to its end',
}

/** How a run ended, in words. */
export function endingOf({
  exitCode,
  endedAt,
  sweep,
}: Pick<RunInfo, 'exitCode' | 'endedAt' | 'sweep'>): string {
  if (exitCode === null) {
    return endedAt === null ? 'The run was cut off: it has no end, and no exit code.' : 'It has no exit code.'
  }
  const known = { ...meanings, ...(sweep?.type === 'search' && searchMeanings) }
  const meaning = known[exitCode as ExitCode] ?? 'a code of another version'
  return `Exit code ${exitCode}: ${meaning}.`
}
