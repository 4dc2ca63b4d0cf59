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

/** What decides over where an item goes. */
interface Measure<T> {
  name(item: T): string
  /** From history; null for what was never measured, which then counts as much as the average. */
  seconds(item: T): number | null
}

/**
 * The part of `items` that belongs to a shard. Every item is in exactly one shard as long as all shards see the
 * same names and durations.
 */
export function inShard<T>(items: readonly T[], shard: Shard, measure: Measure<T>): T[] {
  return packed(items, shard.count, measure)[shard.index - 1] ?? []
}

/**
 * `items` in `count` parts, some of which may be empty: each item, longest first, goes to the part that has least
 * to do so far. Within a part they keep their order.
 */
export function packed<T>(items: readonly T[], count: number, measure: Measure<T>): T[][] {
  const known = items.map(measure.seconds).filter((seconds) => seconds !== null)
  const average = known.length > 0 ? known.reduce((sum, one) => sum + one, 0) / known.length : 1
  const weighed = items
    .map((item, at) => ({ at, name: measure.name(item), weight: measure.seconds(item) ?? average }))
    .sort((a, b) => b.weight - a.weight || compareText(a.name, b.name))
  const loads = new Array<number>(count).fill(0)
  const partOf = new Map<number, number>()
  for (const { at, weight } of weighed) {
    const least = loads.indexOf(Math.min(...loads))
    loads[least] = (loads[least] ?? 0) + weight
    partOf.set(at, least)
  }
  return loads.map((_, part) => items.filter((_, at) => partOf.get(at) === part))
}
