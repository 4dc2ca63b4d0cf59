import type { Assertion } from '../model/assertion.ts'
import type { AssertionOutcome, Outcome } from '../model/outcome.ts'
import type { CheckReport } from '../model/report.ts'
import { formatSeconds } from '../model/units.ts'
import { oneLine } from './safe-text.ts'
import { assertionLooks, outcomeLooks } from './style.ts'

/** What a check is called in reports: `NAME`, `NAME@PROFILE`; the file for a log that does not tell a name. */
export function checkTitle(check: Pick<CheckReport, 'name' | 'profile' | 'source'>): string {
  const name = oneLine(check.name ?? check.source ?? '') || 'unnamed'
  return check.profile === null ? name : `${name}@${oneLine(check.profile)}`
}

/** `agent_1: succeed`, or `subtest` for what concerns no node. */
export function whoAndWhat(assertion: Pick<Assertion, 'node' | 'kind'>): string {
  return assertion.node === null ? assertion.kind : `${oneLine(assertion.node)}: ${assertion.kind}`
}

/** Phase and enclosing subtests, outermost first. */
export function placeOf(assertion: Pick<Assertion, 'phase' | 'path'>): string[] {
  return [assertion.phase, ...assertion.path].filter((part) => part !== null).map(oneLine)
}

/** `12 assertions: 10 passed, 1 failed, 1 not finished`; just `12 assertions` when all passed, nothing for none. */
export function countAssertions(assertions: Pick<Assertion, 'outcome'>[]): string[] {
  if (assertions.length === 0) return []
  const total = `${assertions.length} ${assertions.length === 1 ? 'assertion' : 'assertions'}`
  const order: AssertionOutcome[] = ['passed', 'failed', 'errored', 'unfinished']
  const counts = countBy(assertions, order).map(
    ([outcome, count]) => `${count} ${assertionLooks[outcome].words}`,
  )
  const allPassed = assertions.every(({ outcome }) => outcome === 'passed')
  return [allPassed ? total : `${total}: ${counts.join(', ')}`]
}

/** `3 checks: 2 passed, 1 failed (1 flaky)`. */
export function countChecks(checks: CheckReport[]): string {
  const order: Outcome[] = ['failed', 'timed-out', 'errored', 'interrupted', 'unknown', 'skipped', 'passed']
  const counts = countBy(checks, order).map(([outcome, count]) => `${count} ${outcomeLooks[outcome].words}`)
  const flaky = checks.filter((check) => check.flaky).length
  const total = `${checks.length} ${checks.length === 1 ? 'check' : 'checks'}`
  return `${total}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}${flaky > 0 ? ` (${flaky} flaky)` : ''}`
}

function countBy<O extends string>(items: { outcome: O }[], order: O[]): [O, number][] {
  const counts = new Map<O, number>()
  for (const { outcome } of items) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return order.flatMap((outcome): [O, number][] => {
    const count = counts.get(outcome)
    return count === undefined ? [] : [[outcome, count]]
  })
}

/** `executed`, `tcg`, `3 min 4 s`: did it run, under what, for how long. */
export function howItRan(
  check: Pick<CheckReport, 'execution' | 'accelerator' | 'seconds' | 'attempts'>,
): string[] {
  if (check.attempts === 0) return [check.execution === 'unknown' ? 'not executed' : check.execution]
  const attempts = check.attempts > 1 ? `${check.attempts} attempts` : null
  const execution = check.execution === 'unknown' ? 'not known to have executed' : check.execution
  const time = check.seconds === null ? null : formatSeconds(check.seconds)
  return [execution, check.accelerator, time, attempts].filter((part) => part !== null)
}
