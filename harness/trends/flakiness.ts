import type { HistoryRecord } from '../model/history.ts'

/** How often the same thing gave different answers. */
export interface Flakiness {
  /** Changes of mind over opportunities for one: 0 is steady, 1 changes every time. */
  score: number
  /** The same subject both failed and passed: proof, where the score alone is a suspicion. */
  proven: boolean
}

type Verdict = Pick<HistoryRecord, 'outcome' | 'subject'>

/**
 * Looks at neighbouring verdicts, oldest first. Where both tell what was tested, and it was not the same, a change
 * says nothing: somebody repaired or broke something. Attempts that gave no verdict (errored, skipped) are passed
 * over.
 */
export function flakinessOf(records: readonly Verdict[]): Flakiness {
  const verdicts = records.filter(({ outcome }) => isVerdict(outcome))
  let opportunities = 0
  let changes = 0
  for (const [index, now] of verdicts.entries()) {
    const before = verdicts[index - 1]
    if (!before || subjectsDiffer(before, now)) continue
    opportunities++
    if ((before.outcome === 'passed') !== (now.outcome === 'passed')) changes++
  }
  return { score: opportunities === 0 ? 0 : changes / opportunities, proven: disagrees(verdicts) }
}

function isVerdict(outcome: HistoryRecord['outcome']): boolean {
  return outcome === 'passed' || outcome === 'failed' || outcome === 'timed-out'
}

function subjectsDiffer(a: Verdict, b: Verdict): boolean {
  return a.subject !== null && b.subject !== null && a.subject !== b.subject
}

function disagrees(verdicts: readonly Verdict[]): boolean {
  const firstAnswer = new Map<string, boolean>()
  for (const { subject, outcome } of verdicts) {
    if (subject === null) continue
    const passed = outcome === 'passed'
    if ((firstAnswer.get(subject) ?? passed) !== passed) return true
    firstAnswer.set(subject, passed)
  }
  return false
}
