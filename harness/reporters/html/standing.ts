import type { Outcome } from '../../model/outcome.ts'
import type { HistoryPoint, Standing } from '../../page/data.ts'

/**
 * Whether a failure is news, or since when it is known. A run counts by its last attempt; what gave no verdict about the
 * check, such as a host that broke, is passed over.
 * @param points of the check, oldest first @param own ids of the run itself
 * @returns null when it did not fail, or nothing is known of the runs before
 */
export function standingOf(
  outcome: Outcome,
  points: readonly HistoryPoint[],
  own: ReadonlySet<string>,
): Standing | null {
  if (!isFailure(outcome)) return null
  const runs = new Map(points.filter(isVerdict).map((point) => [point.run, point]))
  const before = [...runs.values()].filter(({ run }) => !own.has(run))
  const lastFailure = before.findLastIndex((point) => isFailure(point.outcome))
  const lastPass = before.findLastIndex((point) => !isFailure(point.outcome))
  if (lastPass > lastFailure) return { type: 'new', passes: lastPass - lastFailure }
  const since = before[lastPass + 1]?.at
  return since === undefined ? null : { type: 'known', runs: before.length - lastPass, since }
}

function isVerdict({ outcome }: HistoryPoint): boolean {
  return outcome === 'passed' || isFailure(outcome)
}

function isFailure(outcome: Outcome): boolean {
  return outcome === 'failed' || outcome === 'timed-out'
}
