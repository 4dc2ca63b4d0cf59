/**
 * One-sided Wilcoxon-Mann-Whitney test: how likely is it that `recent` ranks as high among all values as it does,
 * if nothing has changed? Exact, by counting all ways in which the ranks could have been dealt out, ties included
 * (midranks). It asks nothing of the distribution of durations, which have long tails. (Mann and Whitney, Annals of
 * Mathematical Statistics 18, 1947)
 *
 * @param earlier up to some hundred values @param recent a few values
 * @returns a probability; 1 where one side is empty
 */
export function greaterByChance(earlier: readonly number[], recent: readonly number[]): number {
  if (earlier.length === 0 || recent.length === 0) return 1
  const ranks = doubledMidranks([...recent, ...earlier])
  const observed = sum(ranks.slice(0, recent.length))
  const ways = waysToDraw(ranks, recent.length)
  let all = 0
  let atLeast = 0
  for (const [total, count] of ways) {
    all += count
    if (total >= observed) atLeast += count
  }
  return atLeast / all
}

/** Twice the rank of each value, so that shared ranks stay whole numbers. */
function doubledMidranks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  return values.map((value) => sorted.indexOf(value) + sorted.lastIndexOf(value) + 2)
}

/** How many subsets of `size` ranks have which sum. */
function waysToDraw(ranks: readonly number[], size: number): Map<number, number> {
  const bySize: Map<number, number>[] = Array.from({ length: size + 1 }, () => new Map())
  bySize[0]?.set(0, 1)
  for (const rank of ranks) {
    for (let drawn = size; drawn > 0; drawn--) {
      const target = bySize[drawn] as Map<number, number>
      for (const [total, count] of bySize[drawn - 1] as Map<number, number>)
        target.set(total + rank, (target.get(total + rank) ?? 0) + count)
    }
  }
  return bySize[size] as Map<number, number>
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0)
}
