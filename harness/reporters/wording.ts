import type { Assertion } from '../model/assertion.ts'
import type { AssertionOutcome, Outcome } from '../model/outcome.ts'
import type { CheckReport } from '../model/report.ts'
import type { AttemptStage } from '../model/run-event.ts'
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
  const kind = oneLine(assertion.kind)
  return assertion.node === null ? kind : `${oneLine(assertion.node)}: ${kind}`
}

/** Phase and enclosing subtests, outermost first. */
export function placeOf(assertion: Pick<Assertion, 'phase' | 'path'>): string[] {
  return [assertion.phase, ...assertion.path].filter((part) => part !== null).map(oneLine)
}

const stageTexts: Record<AttemptStage, string> = {
  'realising-inputs': 'building its inputs',
  'waiting-for-lock': 'waiting for another build of it',
  building: 'building',
  running: 'running',
}

/** What an attempt does whose script has not begun. */
export function stageText(stage: AttemptStage): string {
  // An event that was read back may hold anything.
  return stageTexts[stage] ?? oneLine(stage)
}

/** How an assertion counts: a failure that the script caught is none of the check's. */
export type Tally = AssertionOutcome | 'caught'

/** How one assertion counts. */
export function tallyOf({ outcome, caught }: Pick<Assertion, 'outcome' | 'caught'>): Tally {
  return caught && outcome !== 'passed' ? 'caught' : outcome
}

const tallyOrder: Tally[] = ['passed', 'failed', 'errored', 'caught', 'unfinished']

/** `12 assertions: 10 passed, 1 failed, 1 not finished`; just `12 assertions` when all passed, nothing for none. */
export function countAssertions(tallies: Tally[]): string[] {
  if (tallies.length === 0) return []
  const total = `${tallies.length} ${tallies.length === 1 ? 'assertion' : 'assertions'}`
  const counts = countBy(tallies, tallyOrder).map(
    ([tally, count]) => `${count} ${tally === 'caught' ? tally : assertionLooks[tally].words}`,
  )
  return [tallies.every((tally) => tally === 'passed') ? total : `${total}: ${counts.join(', ')}`]
}

/** `quarantined until 2026-12-31, https://tracker/7`: the failure is known. Empty when it is not. */
export function quarantineText({ quarantine }: Pick<CheckReport, 'quarantine'>): string[] {
  if (!quarantine) return []
  return [`quarantined until ${quarantine.until}, ${oneLine(quarantine.tracker)}`]
}

/** `3 checks: 2 passed, 1 failed (1 flaky)`. */
export function countChecks(checks: CheckReport[]): string {
  const order: Outcome[] = ['failed', 'timed-out', 'errored', 'interrupted', 'unknown', 'skipped', 'passed']
  const counts = countBy(
    checks.map((check) => check.outcome),
    order,
  ).map(([outcome, count]) => `${count} ${outcomeLooks[outcome].words}`)
  const flaky = checks.filter((check) => check.flaky).length
  const quarantined = checks.filter(({ quarantine }) => quarantine !== null).length
  const remarks = [
    ...(flaky > 0 ? [`${flaky} flaky`] : []),
    ...(quarantined > 0 ? [`${quarantined} quarantined`] : []),
  ]
  const total = `${checks.length} ${checks.length === 1 ? 'check' : 'checks'}`
  return `${total}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}${remarks.length > 0 ? ` (${remarks.join(', ')})` : ''}`
}

function countBy<Word extends string>(words: Word[], order: Word[]): [Word, number][] {
  const counts = new Map<Word, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return order.flatMap((word): [Word, number][] => {
    const count = counts.get(word)
    return count === undefined ? [] : [[word, count]]
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
  return [execution, check.accelerator, time, attempts].filter((part) => part !== null).map(oneLine)
}
