import { readRecentHistory } from '../filesystem/history-store.ts'
import { readNewestReport } from '../filesystem/newest-report.ts'
import type { Config } from '../model/config.ts'
import { exitCodes } from '../model/exit-code.ts'
import type { Profile } from '../model/profile.ts'
import type { RunReport, ShardInfo } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { idlePatterns } from '../plan/idle-patterns.ts'
import type { PlanItem } from '../plan/plan.ts'
import { instanceId, type SelectedInstance, underProfiles } from '../plan/profiles.ts'
import { demandCurrent } from '../plan/quarantine.ts'
import { type SelectedCheck, select, selectionFor } from '../plan/select.ts'
import { underTheirProfiles } from '../plan/targets.ts'
import type { CheckPlace } from '../run/ports.ts'
import type { InstanceBefore } from '../run/resume.ts'
import { expectedSeconds } from '../trends/expected-seconds.ts'
import type { RunArguments } from './arguments.ts'
import { historyFolder } from './history-folder.ts'
import { targetsOf } from './named-checks.ts'
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
export function selectionOf(args: SelectionArguments, config: Config) {
  const names = [...new Set(targetsOf(args).map(({ check }) => check))]
  const asked = { names, tags: args.tag, notTags: args.notTag, kind: args.kind ?? null }
  return selectionFor(asked, config.select)
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

/** @throws UserError when a quarantine of one of them has run out */
export function demandCurrentQuarantine(selected: SelectedCheck[], { quarantine }: Config): void {
  const names = selected.map(({ check }) => check.name)
  demandCurrent(names, quarantine, new Date().toISOString().slice(0, 10))
}

/** In seconds, by instance id, from earlier runs. */
export function durationsBefore(args: RunArguments, config: Config): Map<string, number> {
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

/** Its instance's id. */
export function idOf({ check, profile }: SelectedInstance): string {
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
