import { compareText } from '../model/compare-text.ts'
import { UserError } from '../model/user-error.ts'

/** Part `index` (1-based) of `count`. */
export interface Shard {
  index: number
  count: number
}

/** Reads `2/4`. @throws UserError */
export function parseShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text.trim())
  const index = Number(match?.[1])
  const count = Number(match?.[2])
  if (!match || index < 1 || index > count) {
    throw new UserError(`--shard ${text}: not a part of a whole`, ['write it like 1/4, up to 4/4'])
  }
  return { index, count }
}

/**
 * The part of `items` that belongs to a shard: each item, longest first, goes to the shard that has least to do
 * so far. Every item is in exactly one shard as long as all shards see the same names and durations.
 * @param seconds from history; null for what was never measured, which then counts as much as the average
 */
export function inShard<T>(
  items: T[],
  shard: Shard,
  measure: { name(item: T): string; seconds(item: T): number | null },
): T[] {
  const known = items.map(measure.seconds).filter((seconds) => seconds !== null)
  const average = known.length > 0 ? known.reduce((sum, one) => sum + one, 0) / known.length : 1
  const weighed = items
    .map((item) => ({ item, name: measure.name(item), weight: measure.seconds(item) ?? average }))
    .sort((a, b) => b.weight - a.weight || compareText(a.name, b.name))
  const loads = new Array<number>(shard.count).fill(0)
  const mine = new Set<T>()
  for (const { item, weight } of weighed) {
    const least = loads.indexOf(Math.min(...loads))
    loads[least] = (loads[least] ?? 0) + weight
    if (least === shard.index - 1) mine.add(item)
  }
  return items.filter((item) => mine.has(item))
}
