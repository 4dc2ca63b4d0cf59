import type { Outcome } from '../../model/outcome.ts'
import type { CheckSummary } from '../data.ts'
import { outcomesByWeight } from '../shared/words.ts'

/** Which checks are listed, and how. */
export interface CheckFilter {
  text: string
  /** None: all. */
  outcomes: ReadonlySet<Outcome>
  order: CheckOrder
}

/** `trouble`: what did not pass comes first. */
export const checkOrders = { trouble: 'trouble first', slowest: 'slowest first', name: 'by name' } as const
export type CheckOrder = keyof typeof checkOrders

/** A check with its place in the report. */
export interface ListedCheck {
  n: number
  check: CheckSummary
}

/** What a filter leaves, in its order. All words of the text must be said of a check somewhere. */
export function filtered(
  checks: readonly CheckSummary[],
  { text, outcomes, order }: CheckFilter,
): ListedCheck[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return checks
    .map((check, n) => ({ check, n }))
    .filter(({ check }) => outcomes.size === 0 || outcomes.has(check.outcome))
    .filter(({ check }) => words.length === 0 || saysAll(check, words))
    .sort(comparisons[order])
}

function saysAll(check: CheckSummary, words: string[]): boolean {
  const {
    title,
    outcome,
    execution,
    accelerator,
    kind,
    tags,
    failure,
    failedAssertion,
    reason,
    flaky,
    why,
    standing,
  } = check
  const said = [
    ...[title, outcome, execution, accelerator, kind, ...tags, why, failure?.node],
    ...[failure?.kind, failedAssertion?.text, failedAssertion?.phase, ...(failedAssertion?.path ?? [])],
    ...[standing?.type === 'new' ? 'newly failing' : null],
    ...[reason, flaky ? 'flaky' : null, check.quarantine ? `quarantined ${check.quarantine.tracker}` : null],
  ]
  const all = said.filter(Boolean).join('\n').toLowerCase()
  return words.every((word) => all.includes(word))
}

const comparisons: Record<CheckOrder, (a: ListedCheck, b: ListedCheck) => number> = {
  trouble: (a, b) => weightOf(a.check) - weightOf(b.check) || a.n - b.n,
  slowest: (a, b) => (b.check.seconds ?? -1) - (a.check.seconds ?? -1) || a.n - b.n,
  name: (a, b) => (a.check.title < b.check.title ? -1 : a.check.title > b.check.title ? 1 : a.n - b.n),
}

/** What is flaky or quarantined comes behind what is trouble, and before what passed; news first. */
function weightOf({ outcome, flaky, quarantine, standing }: CheckSummary): number {
  const weight = outcomesByWeight.indexOf(outcome) - (standing?.type === 'new' ? 0.25 : 0)
  if (quarantine) return outcomesByWeight.indexOf('passed') - 0.75
  return flaky ? outcomesByWeight.indexOf('passed') - 0.5 : weight
}

/** Checks that did not run, by the reason why. */
export function byReason(checks: readonly ListedCheck[]): Map<string, ListedCheck[]> {
  const reasons = new Map<string, ListedCheck[]>()
  for (const one of checks) {
    const reason = one.check.reason ?? 'no reason given'
    reasons.set(reason, [...(reasons.get(reason) ?? []), one])
  }
  return reasons
}
