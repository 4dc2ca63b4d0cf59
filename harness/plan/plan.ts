import type { DescribedCheck } from '../model/check.ts'
import { compareText } from '../model/compare-text.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Instance, Needs, SkipKind } from '../model/plan.ts'
import type { Failure } from '../model/report.ts'
import { formatMemory } from '../model/units.ts'
import { type Budget, fitsAlone } from './budget.ts'
import { type InstanceOptions, instanceOf } from './instances.ts'
import { instanceId, type SelectedInstance, whyNotUnder } from './profiles.ts'

/** What was attempted of an instance before the run was cut off. */
export interface AttemptsBefore {
  /** Number of the last attempt; the next one has the next number. */
  last: number
  /** Attempts that came to a verdict: they count against the retries. */
  tried: number
}

/** What shall become of one selected check under one profile. */
export type PlanItem =
  | { type: 'run'; instance: Instance; before?: AttemptsBefore }
  /** It has its verdict already, from before the run was cut off. */
  | { type: 'done'; instance: Instance; outcome: Outcome }
  | { type: 'skip'; instance: Instance; kind: SkipKind; reason: string }
  | { type: 'error'; instance: Instance; failure: Failure; details: string[] }

/** What a run will do. */
export interface Plan {
  /** By name, profiles of a check in the order in which they were asked for. */
  items: PlanItem[]
  /** Selected, but not meant: only evaluation could tell. */
  leftOut: { name: string; reason: string }[]
}

/** What decides over a plan beside the checks. */
export interface PlanOptions extends InstanceOptions {
  budget: Budget
  /** Tags that keep a check out, whether its name or its evaluation told them. */
  notTags: string[]
  /** By instance id: why this host cannot run it, one line. */
  notHere: ReadonlyMap<string, string>
  /** What becomes of a check that is not meant for a profile; it is left out where nobody named the profile. */
  unsuited?: 'skip' | 'leave-out'
}

/** @param described by instance id; what is missing was not evaluated because the run was interrupted */
export function makePlan(
  selected: readonly SelectedInstance[],
  described: ReadonlyMap<string, DescribedCheck>,
  options: PlanOptions,
): Plan {
  const plan: Plan = { items: [], leftOut: [] }
  for (const one of [...selected].sort((a, b) => compareText(a.check.name, b.check.name))) {
    const check = described.get(instanceId(one.check.name, one.profile))
    const instance = instanceOf(check ?? { ...one.check, metadata: null }, one, options)
    const reason = check ? whyLeftOut(instance, check, options) : null
    if (reason === null) plan.items.push(check ? itemFor(instance, check, options) : notEvaluated(instance))
    else plan.leftOut.push({ name: instance.id, reason })
  }
  return plan
}

function notEvaluated(instance: Instance): PlanItem {
  const reason = 'the run was interrupted before it was evaluated'
  return { type: 'skip', instance, kind: 'interrupted', reason }
}

/** Whoever names a check in full means it, whatever it turns out to be; a profile that nobody named may not suit it. */
function whyLeftOut(instance: Instance, check: DescribedCheck, options: PlanOptions): string | null {
  const notMeant = instance.namedExplicitly ? null : whyNotMeant(instance, check, options.notTags)
  return notMeant ?? (options.unsuited === 'leave-out' ? whyUnsuited(instance) : null)
}

function whyUnsuited({ conditions, metadata }: Instance): string | null {
  return conditions && metadata ? whyNotUnder(conditions, metadata) : null
}

function whyNotMeant(
  { metadata, check }: Instance,
  { error, target }: DescribedCheck,
  notTags: string[],
): string | null {
  if (metadata && !metadata.isVmTest) return 'not a VM test'
  // Nix files hold functions and versions beside their tests, and nix-build passes over them as well.
  if (error?.isNotDerivation && target.type === 'file') return 'not a derivation'
  const tag = notTags.find((one) => check.tags.includes(one))
  return tag === undefined ? null : `it has the tag ${tag}`
}

function itemFor(instance: Instance, { error }: DescribedCheck, options: PlanOptions): PlanItem {
  const unsuited = whyUnsuited(instance)
  if (unsuited !== null) return { type: 'skip', instance, kind: 'profile', reason: unsuited }
  if (error) {
    const failure: Failure = {
      assertion: null,
      node: null,
      kind: 'evaluation',
      message: error.message,
      traceback: [],
    }
    return { type: 'error', instance, failure, details: error.details }
  }
  const reason = options.notHere.get(instance.id) ?? whyTooLarge(instance.needs, options.budget)
  return reason === null
    ? { type: 'run', instance }
    : { type: 'skip', instance, kind: 'cannot-run-here', reason }
}

/** @returns why the whole budget cannot hold these needs, one line, or null */
export function whyTooLarge(needs: Needs, budget: Budget): string | null {
  if (fitsAlone(needs, budget)) return null
  const has = formatMemory(budget.memoryMiB)
  return `its VMs need ${formatMemory(needs.memoryMiB)} of memory, ${has} may be used (--memory SIZE allows more)`
}
