import type { Outcome } from '../model/outcome.ts'
import type { SearchQuestion } from '../model/sweep.ts'
import type { Plan, PlanItem } from '../plan/plan.ts'
import { instanceId, type SelectedInstance } from '../plan/profiles.ts'
import type { SelectedCheck } from '../plan/select.ts'
import type { RunState } from '../state/reduce.ts'
import type { InstanceState } from '../state/run-state.ts'
import { probedValue, probeProfile } from '../sweep/knob.ts'
import { nextStep } from '../sweep/search.ts'
import { isError } from '../sweep/verdict.ts'

/** A search for thresholds, and what it needs to be made. */
export interface Search {
  question: SearchQuestion
  /** Each has a threshold of its own. */
  checks: readonly SelectedCheck[]
  /** What happened so far; changes while plans are run. */
  state: RunState
  /** Evaluates and plans probes. */
  plan(probes: SelectedInstance[]): Promise<Plan>
  /** Number of the last attempt of an instance that has a folder; 0 without one. */
  lastFolder(instance: string): number
  isTimeOver(): boolean
}

/**
 * One plan after the other, each with one attempt of every check that is still searched for; each is made when the one
 * before was run. Ends when nothing is left to try, or when time is over.
 */
export async function* searchPlans(search: Search): AsyncGenerator<Plan> {
  const items = new Map<string, PlanItem>()
  const notMeant = new Set<string>()
  for (;;) {
    const probes = nextProbes(search).filter(({ check }) => !notMeant.has(check.name))
    if (probes.length === 0 || search.isTimeOver()) return
    const unknown = probes.filter((one) => !items.has(idOf(one)))
    const planned = unknown.length > 0 ? await search.plan(unknown) : { items: [], leftOut: [] }
    for (const item of planned.items) items.set(item.instance.id, item)
    for (const one of unknown) if (!items.has(idOf(one))) notMeant.add(one.check.name)
    yield {
      items: probes.flatMap((one) => onceMore(items.get(idOf(one)), search) ?? []),
      leftOut: planned.leftOut,
    }
  }
}

function idOf({ check, profile }: SelectedInstance): string {
  return instanceId(check.name, profile)
}

/** What each check is to be attempted under next; none for one whose search is over. */
function nextProbes({ question, checks, state }: Search): SelectedInstance[] {
  return checks.flatMap((one) => {
    const step = nextStep(question, knownAttempts(state, one.check.name, question))
    return step.type === 'attempt' ? [{ ...one, profile: probeProfile(question, step.value) }] : []
  })
}

function knownAttempts(state: RunState, check: string, { knob }: SearchQuestion): Map<number, Outcome[]> {
  const known = new Map<number, Outcome[]>()
  for (const instance of state.instances.values()) {
    const { planned } = instance
    const value = planned.profile === null ? null : probedValue(knob, planned.profile)
    if (planned.check === check && value !== null) known.set(value, outcomesOf(instance, state))
  }
  return known
}

/** What the infrastructure broke before a run was cut off and went on is tried anew: it may have been mended. */
function outcomesOf({ attempts, skipped, errored }: InstanceState, { run, since }: RunState): Outcome[] {
  const isStale = (at: string) => (run.resumptions?.length ?? 0) > 0 && since !== null && at < since
  const attempted = attempts.flatMap(({ ended }): Outcome[] => {
    if (!ended || (isError(ended.outcome) && isStale(ended.at))) return []
    return [ended.outcome]
  })
  const [whyNot] = [skipped, errored].filter((one) => one !== null)
  const isLasting = whyNot && !isStale(whyNot.at) && !('kind' in whyNot && whyNot.kind === 'interrupted')
  return isLasting ? [...attempted, 'skipped'] : attempted
}

/** The next attempt of an instance goes on counting, and is the only one: what follows is decided after it. */
function onceMore(item: PlanItem | undefined, { state, lastFolder }: Search): PlanItem | null {
  if (item?.type !== 'run') return item ?? null
  const { id } = item.instance
  const numbers = state.instances.get(id)?.attempts.map(({ attempt }) => attempt) ?? []
  return { ...item, before: { last: Math.max(lastFolder(id), 0, ...numbers), tried: 0 } }
}
