import { lastAttemptFolder } from '../filesystem/run-recorder.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunState } from '../state/reduce.ts'
import { type PlanContext, planRun } from './planning.ts'
import type { Variation } from './variation.ts'
import type { Wanted } from './wanted.ts'

/** A run, as far as its plans go by it. */
interface PlannedRun {
  /** Absolute folder of the run. */
  folder: string
  state: RunState
}

/** The plans of a run, each made when the one before was run: one, or one after the other for a search. */
export async function* plansOf(
  wanted: Wanted,
  { sweep, withinSeconds }: Variation,
  context: PlanContext & PlannedRun,
  signal: AbortSignal,
): AsyncGenerator<Plan> {
  if (sweep?.type !== 'search') {
    yield planRun(wanted, context, signal)
    return
  }
  const { searchPlans } = await import('../run/search-plans.ts')
  const startedMs = performance.now()
  yield* searchPlans({
    question: sweep.question,
    checks: wanted.selected,
    state: context.state,
    plan: (probes) => planRun({ ...wanted, selected: probes, before: new Map(), done: [] }, context, signal),
    lastFolder: (instance) => lastAttemptFolder(context.folder, instance),
    isTimeOver: () => withinSeconds !== null && performance.now() - startedMs > withinSeconds * 1000,
  })
}

/** What is known beforehand to be attempted: all, or both ends of the range of a search. */
export async function foreseen(wanted: Wanted, { sweep }: Pick<Variation, 'sweep'>): Promise<Wanted> {
  if (sweep?.type !== 'search') return wanted
  const { endsOf, probeProfile } = await import('../sweep/knob.ts')
  const ends = endsOf(sweep.question).map((value) => probeProfile(sweep.question, value))
  return {
    ...wanted,
    selected: wanted.selected.flatMap((one) => ends.map((profile) => ({ ...one, profile }))),
  }
}
