import type { Group } from '../model/config.ts'
import { seriesOf } from '../model/history.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Instance, SkipKind } from '../model/plan.ts'
import type { PlannedInstance, SelectedName } from '../model/run-event.ts'
import { groupsOf } from '../plan/groups.ts'
import type { AttemptsBefore, PlanItem } from '../plan/plan.ts'
import { didNotPass, isRetried, type RetryPolicy } from '../plan/retry.ts'
import type { RunState } from '../state/reduce.ts'
import type { InstanceState } from '../state/run-state.ts'

/** What stood of an instance when its run was cut off. */
export interface InstanceBefore extends AttemptsBefore {
  /** null: it has none that counts, and is attempted again. */
  verdict: Outcome | null
}

/** Reasons not to run an instance that are still there when the run goes on. */
const lastingSkips: readonly SkipKind[] = ['cannot-run-here', 'not-a-vm-test', 'cached']

/**
 * What has its verdict, and what has not, by instance id. What the infrastructure broke is attempted again: it may have
 * been what cut the run off. So is a failure whose retries are not used up, and what was skipped because of others is
 * decided anew.
 * @param lastFolder number of the last attempt of an instance that has a folder
 */
export function whatStands(
  state: RunState,
  retry: RetryPolicy,
  lastFolder: (instance: string) => number,
): Map<string, InstanceBefore> {
  return new Map(
    [...state.instances].map(([id, instance]) => {
      const { attempts } = instance
      const tried = attempts.filter(({ ended }) => ended !== null && didNotPass(ended.outcome)).length
      const last = Math.max(lastFolder(id), ...attempts.map(({ attempt }) => attempt))
      return [id, { last, tried, verdict: standingVerdict(instance, tried, retry) }]
    }),
  )
}

function standingVerdict(
  { attempts, skipped, errored }: InstanceState,
  tried: number,
  retry: RetryPolicy,
): Outcome | null {
  if (errored) return null
  const outcome = attempts.at(-1)?.ended?.outcome
  switch (outcome) {
    case 'passed':
      return outcome
    case 'failed':
    case 'timed-out':
      return isRetried(retry, outcome, tried) ? null : outcome
    case undefined:
      return skipped && lastingSkips.includes(skipped.kind) ? 'skipped' : null
    default:
      return null
  }
}

/** The plan of what is left, which goes on counting attempts. */
export function planOfRest(items: PlanItem[], before: ReadonlyMap<string, InstanceBefore>): PlanItem[] {
  return items.map((item) => {
    const known = before.get(item.instance.id)
    return known && item.type === 'run' ? { ...item, before: known } : item
  })
}

/** What is not run again, as the queue needs it: layers and --fail-fast look at its verdict. */
export function doneItems(
  state: RunState,
  before: ReadonlyMap<string, InstanceBefore>,
  groups: readonly Group[],
): PlanItem[] {
  return [...state.instances].flatMap(([id, { planned }]) => {
    const verdict = before.get(id)?.verdict ?? null
    return verdict === null
      ? []
      : [{ type: 'done', instance: doneInstance(planned, groups), outcome: verdict }]
  })
}

/** It needs nothing any more, and nobody asks where it comes from. */
function doneInstance(planned: PlannedInstance, groups: readonly Group[]): Instance {
  const { check, kind, tags } = planned
  return {
    id: planned.instance,
    check: { name: check, kind, tags, target: { type: 'suite', file: '', attribute: check } },
    metadata: null,
    profile: planned.profile,
    accelerator: planned.accelerator,
    needs: { memoryMiB: 0, cores: 0 },
    timeoutSeconds: 0,
    expectedSeconds: null,
    namedExplicitly: planned.namedExplicitly,
    groups: groupsOf(check, groups),
    quarantine: planned.quarantine ?? [],
  }
}

/** What is left to do, in the order of the selection. */
export function leftToDo(state: RunState, before: ReadonlyMap<string, InstanceBefore>): SelectedName[] {
  return selectedIn(state).filter(({ name, profile }) => {
    const known = before.get(seriesOf({ check: name, profile }))
    return !known || known.verdict === null
  })
}

/** The journal may have lost the line. */
function selectedIn({ selected, instances }: RunState): SelectedName[] {
  if (selected) return selected
  return [...instances.values()].map(({ planned: { check, kind, profile, namedExplicitly } }) => ({
    name: check,
    kind,
    profile,
    namedExplicitly,
  }))
}
