import type { CheckReport, RunInfo, RunReport, ShardInfo } from '../model/report.ts'
import { gapReport } from './gap-report.ts'

/**
 * What belongs to the shards of merged runs and is in none of them, as skipped: green without it would be a lie. A shard
 * is missing, or the shards were cut by different histories.
 * @param checks of the merged report
 */
export function shardGaps(
  runs: readonly Pick<RunReport, 'run'>[],
  checks: readonly CheckReport[],
): CheckReport[] {
  const shards = runs.flatMap(({ run }) => run.shard ?? [])
  const present = new Set(checks.map(keyOf))
  return shards.flatMap((shard) =>
    shard.elsewhere
      .filter((one) => !present.has(keyOf(one)))
      .map((one) => {
        present.add(keyOf(one))
        return gapReport(one, 'other-shard', reasonFor(shard, shards))
      }),
  )
}

/** A merged run is a part of nothing. */
export function withoutShard({ shard: _, ...run }: RunInfo): RunInfo {
  return run
}

function keyOf({ name, profile, kind }: Pick<CheckReport, 'name' | 'profile' | 'kind'>): string {
  return JSON.stringify([name, profile, kind])
}

function reasonFor({ count }: ShardInfo, shards: readonly ShardInfo[]): string {
  const there = new Set(shards.filter((one) => one.count === count).map(({ index }) => index))
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !there.has(index))
  if (missing.length === 0) return 'it is in none of the merged shards, which did not see the same history'
  const names = missing.map((index) => `${index}/${count}`).join(', ')
  return `${missing.length === 1 ? `shard ${names} is` : `shards ${names} are`} not among the merged runs`
}
