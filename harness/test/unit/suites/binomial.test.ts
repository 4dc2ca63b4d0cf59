import { expect, test } from 'vitest'
import { binomialInterval } from '../../../../suites/vm/lib/binomial.ts'

/** From tables of the binomial distribution: the sums of each tail are at most half of what the certainty leaves over. */
test.each<[number, number, number, [number, number]]>([
  // P(0) = P(10) = 0.1 %, P(1) = P(9) = 1 %
  [10, 0.5, 0.99, [1, 9]],
  [10, 0.5, 0.95, [2, 8]],
  [1, 0.5, 0.99, [0, 1]],
  // P(0) = 0.99^100 = 36.6 %
  [100, 0.01, 0.99, [0, 4]],
  [100, 0.99, 0.99, [96, 100]],
  [1000, 0, 0.99, [0, 0]],
  [1000, 1, 0.99, [1000, 1000]],
])('%i trials with a chance of %f, to a certainty of %f: %j', (trials, chance, certainty, interval) => {
  expect(binomialInterval(trials, chance, certainty)).toEqual(interval)
})

test('many trials come near to the normal distribution', () => {
  const [least, most] = binomialInterval(20_000, 0.05, 0.99)
  const deviation = 2.5758 * Math.sqrt(20_000 * 0.05 * 0.95)
  expect(Math.abs(least - (1000 - deviation))).toBeLessThan(2)
  expect(Math.abs(most - (1000 + deviation))).toBeLessThan(3)
})

test('what is certain to that degree is no more certain than asked for', () => {
  // Exact sums over all outcomes of few trials.
  for (const chance of [0.05, 0.3, 0.5, 0.8]) {
    const [least, most] = binomialInterval(12, chance, 0.9)
    const inside = sum(least, most, (count) => exactly(12, chance, count))
    expect(inside).toBeGreaterThanOrEqual(0.9)
    // Without either end, a tail would hold more than its half.
    expect(sum(0, least, (count) => exactly(12, chance, count))).toBeGreaterThan(0.05)
    expect(sum(most, 12, (count) => exactly(12, chance, count))).toBeGreaterThan(0.05)
  }
})

function sum(from: number, to: number, of: (count: number) => number): number {
  return Array.from({ length: to - from + 1 }, (_, index) => of(from + index)).reduce((a, b) => a + b, 0)
}

function exactly(trials: number, chance: number, successes: number): number {
  const ways = Array.from({ length: successes }, (_, index) => (trials - index) / (index + 1)).reduce(
    (a, b) => a * b,
    1,
  )
  return ways * chance ** successes * (1 - chance) ** (trials - successes)
}
