import type { Execution, Outcome } from '../../model/outcome.ts'
import type { CheckReport, RunInfo } from '../../model/report.ts'
import { outcomeLooks } from '../../reporters/style.ts'
import type { CheckSummary, Standing } from '../data.ts'

/** How we know that an attempt ran, for people. */
const executionWords: Record<Execution, string> = {
  executed: 'executed',
  cached: 'not executed: its result stood in the store',
  substituted: 'not executed: its result came from a binary cache',
  unknown: 'no proof that it was executed',
}

/** Whether and how a check ran. Without an attempt there is nothing to prove. */
export function executionText({ execution, attempts }: Pick<CheckReport, 'execution' | 'attempts'>): string {
  return attempts === 0 && execution === 'unknown' ? 'not executed' : executionWords[execution]
}

/** `passed in the 29 runs before`, `fails for 6 runs in a row, since 15 Nov 2026` */
export function standingText(standing: Standing): string {
  switch (standing.type) {
    case 'new':
      return standing.passes === 1
        ? 'passed in the run before'
        : `passed in the ${standing.passes} runs before`
    case 'known':
      return `fails for ${standing.runs} runs in a row, since ${formatDay(standing.since)}`
  }
}

/** The order in which people want to see them. */
export const outcomesByWeight: Outcome[] = [
  'failed',
  'timed-out',
  'errored',
  'interrupted',
  'unknown',
  'passed',
  'skipped',
]

/** Whether something has to be done about a check. */
export function isTrouble({ outcome }: Pick<CheckReport, 'outcome'>): boolean {
  return outcome !== 'passed' && outcome !== 'skipped'
}

/**
 * The first line of the page, such as `2 of 4 checks did not pass`. A search wants to know where checks fail: that they
 * do is its answer, and no trouble.
 */
export function verdictOf(
  checks: readonly CheckSummary[],
  { sweep }: Pick<RunInfo, 'sweep'> = {},
): { outcome: Outcome; text: string } {
  if (sweep?.type === 'search') return searchVerdict(checks)
  const outcome = outcomesByWeight.find((one) => checks.some((check) => check.outcome === one)) ?? 'skipped'
  const counted = (count: number) => `${count} ${count === 1 ? 'check' : 'checks'}`
  if (checks.length === 0) return { outcome, text: 'No check was run' }
  const troubled = checks.filter(isTrouble)
  if (troubled.length > 0) {
    const same = troubled.every((check) => check.outcome === outcome)
    const words = same ? outcomeLooks[outcome].words : 'did not pass'
    return { outcome, text: `${troubled.length} of ${counted(checks.length)} ${words}` }
  }
  const passed = checks.filter((check) => check.outcome === 'passed').length
  if (passed === 0) return { outcome, text: `None of ${counted(checks.length)} ran` }
  if (passed < checks.length) return { outcome, text: `${passed} of ${counted(checks.length)} passed` }
  return { outcome, text: passed === 1 ? 'The check passed' : `All ${counted(passed)} passed` }
}

function searchVerdict(checks: readonly CheckSummary[]): { outcome: Outcome; text: string } {
  const broken = checks.find((check) => isTrouble(check) && !isAnswer(check))
  const attempts = checks.reduce((sum, check) => sum + check.attempts, 0)
  if (!broken) return { outcome: 'passed', text: `The search made ${attempts} attempts` }
  return { outcome: broken.outcome, text: 'The search was disturbed' }
}

function isAnswer({ outcome }: CheckSummary): boolean {
  return outcome === 'failed' || outcome === 'timed-out'
}

/** `20 Nov 2026, 11:56:55 UTC`: the same wherever the page is read. */
export function formatTime(iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return iso
  return `${formatDay(iso)}, ${time.toISOString().slice(11, 19)} UTC`
}

/** `20 Nov 2026`, in UTC. */
function formatDay(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
}

/** `512 bytes`, `30 KiB`, `1.5 MiB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KiB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
