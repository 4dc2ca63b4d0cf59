import { acceleratorInCi } from '../ci/labels.ts'
import { readResources } from '../host/resources.ts'
import type { DescribedCheck } from '../model/check.ts'
import type { Config } from '../model/config.ts'
import type { Accelerator } from '../model/outcome.ts'
import type { Profile } from '../model/profile.ts'
import { parseDuration } from '../model/units.ts'
import { makePlan, type Plan, type PlanItem } from '../plan/plan.ts'
import { acceleratorAsked, instanceId, type SelectedInstance, underProfiles } from '../plan/profiles.ts'
import { oneLine } from '../reporters/safe-text.ts'
import type { CiArguments, RunArguments } from './arguments.ts'
import { openPlace } from './place.ts'
import { chosenProfile, openProfiles } from './profiles.ts'
import { namesInList } from './sweep-variation.ts'
import { findWanted, type Wanted } from './wanted.ts'

/** What a pipeline shall run. */
export interface CiPlan {
  everyTime: Plan
  /** Each check under each profile that it suits; what does not go together is not in it. */
  nightly: PlanItem[]
}

/** Selects and evaluates the checks, and plans them for whatever runners there are, not for this host. */
export async function planForCi(given: CiArguments, args: RunArguments, config: Config): Promise<CiPlan> {
  const note = (text: string) => void process.stderr.write(`${oneLine(text)}\n`)
  const source = openPlace(args, config, readResources(), note)
  const profile = await chosenProfile(args, config)
  const wanted = await findWanted(source, args, { options: { shard: null }, config, profiles: [null] })
  const described: DescribedCheck[] = []
  const checks = wanted.selected.map(({ check }) => check)
  for await (const check of source.describe(checks, new AbortController().signal)) described.push(check)
  const plan = (profiles: (Profile | null)[]) => {
    const selected = underProfiles(wanted.selected, profiles)
    return planUnder(selected, described, { args, config, wanted })
  }
  const nightly = plan(await sweepProfiles(given, config)).items
  return { everyTime: plan([profile]), nightly: nightly.filter(({ type }) => type !== 'skip') }
}

/** Those of `--profiles`, else all; none with `--no-sweep`. */
async function sweepProfiles({ sweep, profiles }: CiArguments, config: Config): Promise<Profile[]> {
  if (sweep === false) return []
  return openProfiles(profiles === undefined ? null : namesInList(profiles), config)
}

/** A check is told its nodes once: a profile changes how much they get, not which there are. */
function planUnder(
  selected: readonly SelectedInstance[],
  described: readonly DescribedCheck[],
  { args, config, wanted }: { args: RunArguments; config: Config; wanted: Wanted },
): Plan {
  const known = new Map<string, DescribedCheck>()
  const accelerators = new Map<string, Accelerator>()
  for (const { check, profile } of selected) {
    const found = described.find(({ name, kind }) => name === check.name && kind === check.kind)
    if (!found) continue
    const id = instanceId(check.name, profile)
    known.set(id, found)
    const accelerator = acceleratorInCi(found, acceleratorAsked(profile, args.accel))
    if (accelerator !== null) accelerators.set(id, accelerator)
  }
  return makePlan(selected, known, {
    accel: args.accel,
    accelerators,
    timeoutSeconds: args.timeout === undefined ? null : parseDuration(args.timeout, '--timeout'),
    overrides: config.checks,
    quarantine: config.quarantine,
    groups: config.groups,
    durations: wanted.durations,
    budget: { memoryMiB: Number.POSITIVE_INFINITY, cores: null, jobs: null },
    notTags: wanted.notTags,
    notHere: new Map(),
    unsuited: 'skip',
  })
}
