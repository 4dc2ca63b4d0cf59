import { join, relative, resolve } from 'node:path'
import type { RunFolder } from '../filesystem/run-folder.ts'
import type { HistoryRecord } from '../model/history.ts'
import type { RunReport } from '../model/report.ts'
import { contentHash } from '../process/content-hash.ts'
import { type ExpectedCheck, expectedGaps } from '../state/expected-gaps.ts'
import { type MergeInput, mergeRuns } from '../state/merge.ts'
import { shardGaps, withoutShard } from '../state/shard-gaps.ts'
import { runExitCode } from './run-exit-code.ts'

/** A run as its journal tells it. */
export interface RebuiltRun {
  folder: RunFolder
  report: RunReport
  /** What the history keeps of it. */
  records: HistoryRecord[]
}

/** What they are together. */
export type CombinedRun = Omit<RebuiltRun, 'records'>

/** What becomes of the runs. */
export interface Combination {
  /** Folder of all runs. */
  out: string
  /** Folder for the reports, of however many runs they are. */
  to: string | undefined
  /** What must be among their checks. */
  expected: readonly ExpectedCheck[]
}

/** One run stays what it is and where it is. Several get a folder whose name depends only on which they are. */
export function combined(runs: RebuiltRun[], { out, to, expected }: Combination): CombinedRun {
  const [only, ...more] = runs
  const isOne = only !== undefined && more.length === 0
  if (isOne && to === undefined && expected.length === 0) return only
  const id = isOne ? only.report.run.id : mergedId(runs.map(({ report }) => report.run.id).sort())
  const path = isOne && to === undefined ? only.folder.path : resolve(to ?? join(out, id))
  const inputs = runs.map(({ folder, report }) => ({ report, folder: relative(path, folder.path) }))
  const merged = mergedTo(inputs, id)
  const checks = [...merged.checks, ...expectedGaps(expected, merged.checks)]
  const report = { ...merged, checks }
  const exitCode = runExitCode(report, { ...merged.run, cutOff: runs.some(isHeadAlone) })
  return { folder: { id, path }, report: { ...report, run: { ...merged.run, exitCode } } }
}

/** Of what it had to run nothing is known, so nobody can say that it is all there. */
function isHeadAlone({ report: { run, checks } }: RebuiltRun): boolean {
  return run.endedAt === null && checks.length === 0
}

function mergedTo(inputs: MergeInput[], id: string): RunReport {
  const [only, ...more] = inputs
  if (only === undefined || more.length > 0) return mergedWhole(inputs, id)
  return only.folder === '' ? only.report : mergeRuns(inputs, id)
}

/** With what is missing of the shards. */
function mergedWhole(inputs: MergeInput[], id: string): RunReport {
  const { schema, run, checks } = mergeRuns(inputs, id)
  const gaps = shardGaps(
    inputs.map(({ report }) => report),
    checks,
  )
  return { schema, run: withoutShard(run), checks: [...checks, ...gaps] }
}

function mergedId(ids: string[]): string {
  const hash = contentHash(ids.join('\n')).slice(0, 8)
  return `${ids.at(-1)}-merged-${hash}`
}
