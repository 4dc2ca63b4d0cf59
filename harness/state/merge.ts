import { compareText } from '../model/compare-text.ts'
import type { CheckReport, EarlierAttempt, MergedRun, RunInfo, RunReport } from '../model/report.ts'
import { exitCodeOf } from './exit-code.ts'
import { isFlaky } from './instance-report.ts'

/** A run to merge. */
export interface MergeInput {
  report: RunReport
  /** From the merged run's folder to this run's, such as `../20261120T073700Z-1a2b`. */
  folder: string
}

/**
 * One report of several runs, such as the shards of a plan. Checks keep the order of their runs, oldest run first.
 *
 * An instance that is in several runs (a shard that CI started again) counts as attempted once per run, in the
 * order of the runs: the newest verdict stands, the others become earlier attempts, and a failure before a pass
 * makes it flaky. A run in which the instance was only skipped does not replace one in which it was attempted.
 *
 * @param runs at least one
 * @param id of the merged run
 */
export function mergeRuns(runs: MergeInput[], id: string): RunReport {
  const ordered = [...runs].sort((a, b) => compareRuns(a.report.run, b.report.run))
  const merged = new Map<string, CheckReport>()
  for (const { report, folder } of ordered) {
    for (const check of report.checks) {
      const key = JSON.stringify([check.name, check.profile, check.kind])
      const whose = ofRun(check, report.run.id)
      const placed = { ...whose, ...foldersBelow(whose, folder) }
      const before = merged.get(key)
      merged.set(key, before ? repeated(before, placed) : placed)
    }
  }
  const checks = [...merged.values()]
  return {
    schema: 1,
    run: mergedRun(
      ordered.map(({ report }) => report.run),
      checks,
      id,
    ),
    checks,
  }
}

function compareRuns(a: RunInfo, b: RunInfo): number {
  return compareText(a.startedAt, b.startedAt) || compareText(a.id, b.id)
}

function repeated(before: CheckReport, now: CheckReport): CheckReport {
  if (before.outcome === 'skipped') return now
  if (now.outcome === 'skipped') return before
  const earlier = [...before.earlier, asEarlier(before), ...now.earlier].map((one, index) => ({
    ...one,
    attempt: index + 1,
  }))
  return {
    ...now,
    attempts: before.attempts + now.attempts,
    earlier,
    flaky: isFlaky(earlier, now.outcome),
    namedExplicitly: before.namedExplicitly || now.namedExplicitly,
  }
}

function asEarlier(check: CheckReport): EarlierAttempt {
  const { attempts, outcome, failure, seconds, folder, startedAt, endedAt, stages, run } = check
  return {
    attempt: attempts,
    outcome,
    failure,
    seconds,
    folder,
    startedAt,
    endedAt,
    stages,
    ...(run && { run }),
  }
}

/** So that a time line can tell whose budget an attempt held. */
function ofRun(check: CheckReport, run: string): CheckReport {
  return { ...check, run: check.run ?? run, earlier: check.earlier.map((one) => ({ run, ...one })) }
}

/** Attempts stay where they are, and are seen from the merged run's folder. */
function foldersBelow(check: CheckReport, run: string): Pick<CheckReport, 'folder' | 'earlier'> {
  const below = (folder: string | null) => (folder === null ? null : `${run}/${folder}`)
  return {
    folder: below(check.folder),
    earlier: check.earlier.map((one) => ({ ...one, folder: below(one.folder) })),
  }
}

function mergedRun(runs: RunInfo[], checks: CheckReport[], id: string): RunInfo {
  const { resumptions: _, budget: __, ...newest } = runs.at(-1) ?? noRuns()
  const resumptions = runs.flatMap((run) => run.resumptions ?? [])
  const ends = runs.map((run) => run.endedAt)
  const signal = runs.find((run) => run.signal)?.signal ?? null
  const strict = runs.some((run) => run.strict)
  return {
    ...newest,
    id,
    startedAt: runs[0]?.startedAt ?? newest.startedAt,
    endedAt: ends.every((end) => end !== null) ? (ends.toSorted(compareText).at(-1) ?? null) : null,
    seconds: runs.every((run) => run.seconds !== null)
      ? runs.reduce((sum, run) => sum + (run.seconds ?? 0), 0)
      : null,
    interrupted: runs.some((run) => run.interrupted),
    exitCode: exitCodeOf(checks, { signal, strict }),
    signal,
    strict,
    ...(resumptions.length > 0 && { resumptions }),
    ...mergedSweep(runs),
    mergedFrom: runs.flatMap((run) => run.mergedFrom ?? [run.id]),
    parts: runs.flatMap((run) => run.parts ?? [partOf(run)]),
  }
}

function partOf({ id, startedAt, endedAt, host, budget, resumptions }: RunInfo): MergedRun {
  return { id, startedAt, endedAt, host, ...(budget && { budget }), ...(resumptions && { resumptions }) }
}

function noRuns(): never {
  throw new Error('no runs to merge')
}

/** Shards of a sweep have its profiles together; a run that was none, merged with one, adds nothing to its matrix. */
function mergedSweep(runs: RunInfo[]): Pick<RunInfo, 'sweep'> {
  const sweeps = runs.flatMap(({ sweep }) => sweep ?? [])
  const newest = sweeps.at(-1)
  if (newest?.type !== 'profiles') return newest ? { sweep: newest } : {}
  const profiles = sweeps.flatMap((one) => (one.type === 'profiles' ? one.profiles : []))
  return { sweep: { ...newest, profiles: [...new Set(profiles)] } }
}
