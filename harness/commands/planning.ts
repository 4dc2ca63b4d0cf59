import { readRecentHistory } from '../filesystem/history-store.ts'
import { readNewestReport } from '../filesystem/newest-report.ts'
import { lastAttemptFolder } from '../filesystem/run-recorder.ts'
import type { DescribedCheck, ListedCheck } from '../model/check.ts'
import type { Config } from '../model/config.ts'
import { exitCodes } from '../model/exit-code.ts'
import type { Accelerator } from '../model/outcome.ts'
import type { Profile } from '../model/profile.ts'
import type { RunReport, ShardInfo } from '../model/report.ts'
import type { SelectedName } from '../model/run-event.ts'
import { UserError } from '../model/user-error.ts'
import type { Budget } from '../plan/budget.ts'
import { idlePatterns } from '../plan/idle-patterns.ts'
import { makePlan, type Plan, type PlanItem } from '../plan/plan.ts'
import { acceleratorAsked, instanceId, type SelectedInstance, underProfiles } from '../plan/profiles.ts'
import { demandCurrent } from '../plan/quarantine.ts'
import type { RetryPolicy } from '../plan/retry.ts'
import { type SelectedCheck, select, selectionFor } from '../plan/select.ts'
import { type Target, targetOf, underTheirProfiles } from '../plan/targets.ts'
import type { CheckPlace } from '../run/ports.ts'
import { doneItems, type InstanceBefore, leftToDo, planOfRest, whatStands } from '../run/resume.ts'
import { expectedSeconds } from '../trends/expected-seconds.ts'
import type { GivenRunArguments, RunArguments } from './arguments.ts'
import type { CutOffRun } from './cut-off-run.ts'
import { historyFolder } from './history-folder.ts'
import type { RunOptions } from './run-options.ts'
import { partOf } from './shard-part.ts'

/** What a run was asked for, before anything was evaluated. */
export interface Wanted {
  selected: SelectedInstance[]
  /** Which part of the selection this is; null: all of it. */
  shard: ShardInfo | null
  /** For people, one line each. */
  remarks: string[]
  /** In seconds, by instance id, from earlier runs. */
  durations: Map<string, number>
  notTags: string[]
  /** What stood when a run was cut off, by instance id; empty for a run that begins. */
  before: ReadonlyMap<string, InstanceBefore>
  /** What is not run again. */
  done: PlanItem[]
}

type SelectionArguments = Pick<RunArguments, '_' | 'checks' | 'tag' | 'notTag' | 'kind'>

/** The command line's selection with the configuration's defaults. */
function selectionOf(args: SelectionArguments, config: Config) {
  const names = [...new Set(targetsOf(args).map(({ check }) => check))]
  const asked = { names, tags: args.tag, notTags: args.notTag, kind: args.kind ?? null }
  return selectionFor(asked, config.select)
}

/** Names and globs, also those behind `--`. yargs leaves an optional list out when it is empty. */
export function namesOf({ checks, _ }: Pick<GivenRunArguments, '_' | 'checks'>): string[] {
  return [...(checks ?? []), ..._.slice(1).map(String)]
}

/** Only `run` takes profiles behind names: `sweep` is told its own in another way. */
export function targetsOf(args: Pick<GivenRunArguments, '_' | 'checks'>): Target[] {
  const words = namesOf(args)
  return args._[0] === 'run' ? words.map(targetOf) : words.map((check) => ({ check, profile: null }))
}

/** What decides over a selection beside the command line. */
export interface SelectionContext {
  options: Pick<RunOptions, 'shard'>
  config: Config
  /** Each selected check runs under each of these; null stands for none. */
  profiles: readonly (Profile | null)[]
}

/** Selects by name, tag, last outcome and shard; evaluates nothing. @throws UserError when nothing is left */
export async function findWanted(
  source: CheckPlace,
  args: RunArguments,
  { options, config, profiles }: SelectionContext,
): Promise<Wanted> {
  const selection = selectionOf(args, config)
  const before = args.lastFailed ? failedBefore(await readNewestReport(args.out), args.out) : null
  const listed = await source.list()
  const checks = select(listed, selection)
  const targets = targetsOf(args)
  const areApart = targets.some(({ profile }) => profile !== null)
  const all = areApart ? underTheirProfiles(checks, targets, profiles) : underProfiles(checks, profiles)
  const selected = before ? all.filter((one) => before.has(idOf(one))) : all
  if (selected.length === 0) {
    throw notSelected(before ?? new Set())
  }
  refuseSameNames(checks)
  demandCurrentQuarantine(checks, config)
  const durations = durationsBefore(args, config)
  return {
    ...partOf(selected, options.shard, {
      durations,
      historyFolder: historyFolder(args, config),
      dryRun: args.dryRun,
    }),
    remarks: isAllListed(args)
      ? idlePatterns(
          config,
          listed.map(({ name }) => name),
        )
      : [],
    durations,
    notTags: selection.notTags,
    before: new Map(),
    done: [],
  }
}

/** The command line may have named the place of some. */
function isAllListed({ kind, flake, file, suites }: RunArguments): boolean {
  return [kind, flake, file, suites].every((one) => one === undefined)
}

/** What decides over the rest of a run that was cut off. */
interface RestContext extends Pick<SelectionContext, 'config' | 'profiles'> {
  args: RunArguments
  retry: RetryPolicy
}

/** What is left of a run that was cut off. @throws UserError when a check of it is not there any more */
export async function findRest(
  source: CheckPlace,
  { state, folder }: Pick<CutOffRun, 'state' | 'folder'>,
  { args, retry, config, profiles }: RestContext,
): Promise<Wanted> {
  const before = whatStands(state, retry, (instance) => lastAttemptFolder(folder.path, instance))
  const open = leftToDo(state, before)
  const listed = open.length > 0 ? await source.list() : []
  const selected = open.flatMap((one) => foundAgain(one, listed, profiles) ?? [])
  if (selected.length < open.length) throw notThere(folder.id, open, selected)
  demandCurrentQuarantine(selected, config)
  return {
    selected,
    shard: null,
    remarks: [],
    durations: durationsBefore(args, config),
    notTags: selectionOf(args, config).notTags,
    before,
    done: doneItems(state, before, config.groups),
  }
}

/** @returns null when the check, or its profile, does not exist any more */
function foundAgain(
  { name, kind, profile, namedExplicitly }: SelectedName,
  listed: readonly ListedCheck[],
  profiles: readonly (Profile | null)[],
): SelectedInstance | null {
  const check = listed.find((one) => one.name === name && one.kind === kind)
  const conditions = profiles.find((one) => (one?.name ?? null) === profile)
  return check && conditions !== undefined ? { check, profile: conditions, namedExplicitly } : null
}

function notThere(run: string, open: SelectedName[], found: SelectedInstance[]): UserError {
  const ids = open.map(({ name, profile }) => instanceId(name, profile === null ? null : { name: profile }))
  const gone = ids.filter((id) => !found.some((one) => idOf(one) === id))
  return new UserError(`${run}: cannot go on, there is no ${gone.join(', ')} here any more`, [
    'resume it in the folder in which it was started',
    'or begin a new run without it; report shows what this one measured',
  ])
}

function demandCurrentQuarantine(selected: SelectedCheck[], { quarantine }: Config): void {
  const names = selected.map(({ check }) => check.name)
  demandCurrent(names, quarantine, new Date().toISOString().slice(0, 10))
}

function durationsBefore(args: RunArguments, config: Config): Map<string, number> {
  return expectedSeconds(readRecentHistory(historyFolder(args, config)))
}

/** Reports, histories and folders go by the name alone. @throws UserError */
function refuseSameNames(selected: SelectedCheck[]): void {
  const names = new Set<string>()
  for (const { check } of selected) {
    if (names.has(check.name)) {
      throw new UserError(`${check.name}: there is a check of this name of kind nixos and one of kind vm`, [
        'rename one of them, or choose with --kind nixos or --kind vm',
      ])
    }
    names.add(check.name)
  }
}

function idOf({ check, profile }: SelectedInstance): string {
  return instanceId(check.name, profile)
}

/** Instance ids of what did not pass. */
function failedBefore(report: RunReport | null, out: string): Set<string> {
  if (!report) throw nothing(`--last-failed: no run has been written to ${out}`)
  const failed = report.checks.filter(({ outcome }) => outcome !== 'passed')
  if (failed.length === 0)
    throw nothing(`--last-failed: everything passed in the newest run (${report.run.id})`)
  return new Set(
    failed.map(({ name, profile }) => instanceId(name ?? '', profile === null ? null : { name: profile })),
  )
}

/** @param before ids of what did not pass */
function notSelected(before: ReadonlySet<string>): UserError {
  const ids = [...before]
  const shown = ids.slice(0, 3).join(', ') + (ids.length > 3 ? ` and ${ids.length - 3} more` : '')
  return new UserError(
    `--last-failed: what did not pass in the newest run is not selected, or does not exist now: ${shown}`,
    ids.some((id) => id.includes('@'))
      ? ['NAME@PROFILE is selected by sweep, or by run --profile PROFILE']
      : [],
    exitCodes.nothingMatched,
  )
}

function nothing(message: string): UserError {
  return new UserError(message, [], exitCodes.nothingMatched)
}

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
