import { exitCodes } from '../model/exit-code.ts'
import type { Outcome } from '../model/outcome.ts'
import type { RunReport } from '../model/report.ts'

const words: Record<number, string> = {
  [exitCodes.passed]: 'passed',
  [exitCodes.failed]: 'failed',
  [exitCodes.nothingMatched]: 'nothing-matched',
  [exitCodes.infrastructure]: 'errored',
  [exitCodes.notExecuted]: 'not-executed',
  [exitCodes.interrupted]: 'interrupted',
  [exitCodes.terminated]: 'interrupted',
}

/** What later steps of a pipeline may ask: what the run came to in a word, and counts of checks. */
export function runFacts({ run, checks }: RunReport): Record<string, string | number> {
  const count = (...wanted: Outcome[]) => checks.filter(({ outcome }) => wanted.includes(outcome)).length
  return {
    outcome: words[run.exitCode ?? exitCodes.infrastructure] ?? 'errored',
    'exit-code': run.exitCode ?? '',
    checks: checks.length,
    passed: count('passed'),
    failed: count('failed', 'timed-out'),
    errored: count('errored', 'interrupted', 'unknown'),
    skipped: count('skipped'),
    flaky: checks.filter(({ flaky }) => flaky).length,
    quarantined: checks.filter(({ quarantine }) => quarantine !== null).length,
  }
}
