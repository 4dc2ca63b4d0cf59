import { exitCodes } from '../../model/exit-code.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { RunReport } from '../../model/report.ts'
import { oneLine } from '../safe-text.ts'

const outcomes: Record<number, string> = {
  [exitCodes.passed]: 'passed',
  [exitCodes.failed]: 'failed',
  [exitCodes.nothingMatched]: 'nothing-matched',
  [exitCodes.infrastructure]: 'errored',
  [exitCodes.notExecuted]: 'not-executed',
  [exitCodes.interrupted]: 'interrupted',
  [exitCodes.terminated]: 'interrupted',
}

/**
 * Lines `name=value` for the file of a step's outputs: what the run came to in a word, counts of checks, its folder.
 * @param folder of the run, as later steps would write it
 */
export function formatOutputs({ run, checks }: RunReport, folder: string): string {
  const count = (...wanted: Outcome[]) => checks.filter(({ outcome }) => wanted.includes(outcome)).length
  const values = {
    outcome: outcomes[run.exitCode ?? exitCodes.infrastructure] ?? 'errored',
    'exit-code': run.exitCode ?? '',
    checks: checks.length,
    passed: count('passed'),
    failed: count('failed', 'timed-out'),
    errored: count('errored', 'interrupted', 'unknown'),
    skipped: count('skipped'),
    flaky: checks.filter(({ flaky }) => flaky).length,
    quarantined: checks.filter(({ quarantine }) => quarantine !== null).length,
    run: run.id,
    folder,
  }
  // A newline in a value would begin an output of its own.
  return Object.entries(values)
    .map(([name, value]) => `${name}=${oneLine(String(value))}\n`)
    .join('')
}
