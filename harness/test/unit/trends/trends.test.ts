import { describe, expect, test } from 'vitest'
import { type HistoryRecord, historySchema } from '../../../model/history.ts'
import { checkTrends } from '../../../trends/check-trend.ts'
import { driftOf, leastValues, recentCount, significance } from '../../../trends/drift.ts'
import { durationTrend } from '../../../trends/durations.ts'
import { expectedSeconds } from '../../../trends/expected-seconds.ts'
import { flakinessOf } from '../../../trends/flakiness.ts'
import { median } from '../../../trends/median.ts'
import { greaterByChance } from '../../../trends/rank-sum.ts'
import { wilsonInterval } from '../../../trends/wilson.ts'
import { seededRandom } from '../../helpers/random.ts'

describe('wilsonInterval', () => {
  // Values of Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (successes, trials, low, high) => {
    const [from, to] = wilsonInterval(successes, trials)
    expect([from.toFixed(4), to.toFixed(4)]).toEqual([low.toFixed(4), high.toFixed(4)])
  })

  test('nothing is known without trials', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
  })
})

describe('greaterByChance', () => {
  test('all recent ones above all earlier ones: one way of 10 over 3', () => {
    expect(greaterByChance([1, 2, 3, 4, 5, 6, 7], [8, 9, 10])).toBeCloseTo(1 / 120, 12)
  })

  test('agrees with counting every way', () => {
    const next = seededRandom(7)
    for (let round = 0; round < 40; round++) {
      const value = () => Math.floor(next() * 6)
      const earlier = Array.from({ length: 1 + Math.floor(next() * 6) }, value)
      const recent = Array.from({ length: 1 + Math.floor(next() * 3) }, value)
      expect(greaterByChance(earlier, recent)).toBeCloseTo(countEveryWay(earlier, recent), 12)
    }
  })

  test('one side empty proves nothing', () => {
    expect(greaterByChance([], [1])).toBe(1)
    expect(greaterByChance([1], [])).toBe(1)
  })
})

/** By the book: the share of all ways to pick the recent ones whose midranks sum to at least the observed. */
function countEveryWay(earlier: number[], recent: number[]): number {
  const all = [...recent, ...earlier]
  const rank = (value: number) =>
    all.filter((one) => one < value).length + (all.filter((one) => one === value).length + 1) / 2
  const total = (picked: number[]) => picked.reduce((sum, index) => sum + rank(all[index] ?? 0), 0)
  const observed = total(recent.map((_, index) => index))
  const ways = subsets(all.length, recent.length)
  return ways.filter((way) => total(way) >= observed).length / ways.length
}

function subsets(count: number, size: number): number[][] {
  const all = Array.from({ length: 1 << count }, (_, bits) =>
    Array.from({ length: count }, (_, index) => index).filter((index) => (bits >> index) & 1),
  )
  return all.filter((one) => one.length === size)
}

describe('durationTrend', () => {
  test('noise is steady, a step is not', () => {
    const noise = [10, 11, 9, 10.5, 9.5, 10.2, 9.8, 10.1]
    expect(durationTrend([...noise, 10.3, 9.7, 10]).direction).toBe('steady')
    expect(durationTrend([...noise, 15, 15.2, 16])).toMatchObject({ direction: 'slower' })
    expect(durationTrend([...noise, 5, 5.2, 6]).direction).toBe('faster')
  })

  test('few values prove nothing, however far apart', () => {
    expect(durationTrend([1, 1, 100, 100, 100]).direction).toBe('unknown')
    expect(durationTrend([])).toEqual({ median: null, ratio: null, chance: 1, direction: 'unknown' })
  })

  test('median', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
  })
})

describe('driftOf', () => {
  const rising = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

  test('claims something from so many values on, and not from one fewer, however far apart', () => {
    expect(driftOf(rising(leastValues))).toMatchObject({ direction: 'higher', values: leastValues })
    expect(driftOf(rising(leastValues - 1)).direction).toBe('unknown')
    const chanceOfOneFewer = greaterByChance(
      rising(leastValues - 1 - recentCount),
      rising(recentCount).map((one) => one + 100),
    )
    expect(chanceOfOneFewer).toBeGreaterThan(significance)
  })

  test('tells the median before, and the ratio to it', () => {
    const drift = driftOf([10, 10, 10, 10, 10, 10, 10, 15, 15, 15])
    expect(drift).toMatchObject({ before: 10, ratio: 1.5, direction: 'higher' })
    expect(driftOf([0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5])).toMatchObject({ before: 0, ratio: null })
    expect(driftOf([])).toMatchObject({ values: 0, before: null, direction: 'unknown' })
  })

  test('what has not changed is called changed no more often than promised', () => {
    const next = seededRandom(11)
    const rounds = 2000
    const told = Array.from({ length: rounds }, () =>
      driftOf(Array.from({ length: 24 }, () => Math.exp(next()))),
    ).filter(({ direction }) => direction !== 'steady').length
    // Both ways: 2 % of 2000 are 40 at most on average, with a standard deviation of 6.3.
    expect(told).toBeLessThan(40 + 3 * 6.3)
    expect(told).toBeGreaterThan(0)
  })
})

describe('flakinessOf', () => {
  const verdicts = (text: string, subject: string | null = null) =>
    [...text].map((letter) => ({
      outcome: ({ p: 'passed', f: 'failed', e: 'errored' } as const)[letter as 'p'],
      subject,
    }))

  test('counts changes of mind', () => {
    expect(flakinessOf(verdicts('pppp')).score).toBe(0)
    expect(flakinessOf(verdicts('pfpf')).score).toBe(1)
    expect(flakinessOf(verdicts('ppff')).score).toBeCloseTo(1 / 3)
    expect(flakinessOf(verdicts('pepep')).score).toBe(0)
  })

  test('another subject is no change of mind; the same is proof', () => {
    const repaired = [...verdicts('ff', 'a'), ...verdicts('pp', 'b')]
    expect(flakinessOf(repaired)).toEqual({ score: 0, proven: false })
    expect(flakinessOf([...verdicts('fp', 'a')])).toEqual({ score: 1, proven: true })
    expect(flakinessOf(verdicts('fp')).proven).toBe(false)
  })
})

describe('checkTrends', () => {
  test('groups by check and profile, in the order of time', () => {
    const trends = checkTrends([
      record('b', '2026-01-02', 'passed', { seconds: 2 }),
      record('a', '2026-01-03', 'failed', {
        failure: { kind: 'succeed', node: 'm', assertion: 'true', message: 'no' },
      }),
      record('a', '2026-01-01', 'passed'),
      record('a', '2026-01-04', 'errored'),
      record('a', '2026-01-01', 'passed', { profile: 'lossy' }),
    ])
    expect(trends.map(({ check, profile }) => [check, profile])).toEqual([
      ['a', null],
      ['a', 'lossy'],
      ['b', null],
    ])
    expect(trends[0]).toMatchObject({
      verdicts: 2,
      passed: 1,
      passRate: 0.5,
      errored: 1,
      recent: ['passed', 'failed', 'errored'],
      lastFailure: { at: '2026-01-03', failure: { message: 'no' } },
      lastAt: '2026-01-04',
    })
  })
})

test('durations under another accelerator say nothing about the newest', () => {
  const kvm = [1, 2, 3, 4, 5, 6, 7, 8].map((day) =>
    record('a', `2026-01-0${day}`, 'passed', { seconds: 10, accelerator: 'kvm' }),
  )
  const tcg = [1, 2, 3].map((day) => record('a', `2026-02-0${day}`, 'passed', { seconds: 100 }))
  expect([...expectedSeconds([...kvm, ...tcg])]).toEqual([['a', 100]])
  expect(checkTrends([...kvm, ...tcg])[0]?.duration).toMatchObject({ median: 100, direction: 'unknown' })
})

test('expected durations are those of the newest executions that passed', () => {
  const records = [
    record('a', '2026-01-05', 'passed', { seconds: 12 }),
    record('a', '2026-01-01', 'passed', { seconds: 99 }),
    ...[8, 9, 10, 11].map((seconds, day) => record('a', `2026-01-0${day + 1}T1`, 'passed', { seconds })),
    record('a', '2026-01-06', 'failed', { seconds: 1 }),
    record('a', '2026-01-06', 'skipped', { seconds: 0, execution: 'cached' }),
    record('b', '2026-01-01', 'failed', { seconds: 7, profile: 'lossy' }),
    record('c', '2026-01-01', 'errored', { seconds: null }),
  ]
  expect([...expectedSeconds(records)]).toEqual([
    ['a', 10],
    ['b@lossy', 7],
  ])
})

function record(
  check: string,
  at: string,
  outcome: HistoryRecord['outcome'],
  facts: Partial<HistoryRecord> = {},
): HistoryRecord {
  return {
    schema: historySchema,
    run: 'r',
    at,
    host: 'h',
    check,
    kind: 'vm',
    profile: null,
    accelerator: 'tcg',
    attempt: 1,
    outcome,
    execution: 'executed',
    seconds: 1,
    subject: null,
    failure: null,
    metrics: [],
    ...facts,
  }
}
