import type { DescribedCheck, ListedCheck } from '../model/check.ts'
import type { Config } from '../model/config.ts'
import type { Accelerator } from '../model/outcome.ts'
import type { Profile } from '../model/profile.ts'
import type { Budget } from '../plan/budget.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { acceleratorAsked, instanceId, type SelectedInstance } from '../plan/profiles.ts'
import type { CheckPlace } from '../run/ports.ts'
import { planOfRest } from '../run/resume.ts'
import type { RunArguments } from './arguments.ts'
import type { Wanted } from './wanted.ts'

function byProfile(selected: readonly SelectedInstance[]): Map<Profile | null, ListedCheck[]> {
  const groups = new Map<Profile | null, ListedCheck[]>()
  for (const { check, profile } of selected) groups.set(profile, [...(groups.get(profile) ?? []), check])
  return groups
}

/** What planning needs beside what is wanted. */
export interface PlanContext {
  source: CheckPlace
  config: Config
  budget: Budget
  args: Pick<RunArguments, 'accel'>
  timeoutSeconds: number | null
  unsuited: 'skip' | 'leave-out'
}

/** Evaluates what is wanted and plans it. @param signal ends the evaluation; what was not evaluated is skipped */
export async function planRun(wanted: Wanted, context: PlanContext, signal: AbortSignal): Promise<Plan> {
  const { source, config, budget, args, timeoutSeconds, unsuited } = context
  const described = new Map<string, DescribedCheck>()
  const notHere = new Map<string, string>()
  const accelerators = new Map<string, Accelerator>()
  for (const [profile, checks] of byProfile(wanted.selected)) {
    const accel = acceleratorAsked(profile, args.accel)
    for await (const check of source.describe(checks, signal, profile)) {
      const id = instanceId(check.name, profile)
      described.set(id, check)
      if (!check.metadata) continue
      const { whyNot, accelerator } = await source.fitness(check, accel)
      if (whyNot !== null) notHere.set(id, whyNot)
      if (accelerator !== null) accelerators.set(id, accelerator)
    }
  }
  const { items, leftOut } = makePlan(wanted.selected, described, {
    accel: args.accel,
    timeoutSeconds,
    accelerators,
    overrides: config.checks,
    quarantine: config.quarantine,
    groups: config.groups,
    durations: wanted.durations,
    budget,
    notTags: wanted.notTags,
    notHere,
    unsuited,
  })
  return { items: [...wanted.done, ...planOfRest(items, wanted.before)], leftOut }
}
