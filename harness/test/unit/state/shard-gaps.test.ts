import { expect, test } from 'vitest'
import type { CheckReport, RunReport, ShardInfo } from '../../../model/report.ts'
import { emptyAttempt } from '../../../state/attempt-state.ts'
import { toCheckReport } from '../../../state/check-report.ts'
import { exitCodeOf } from '../../../state/exit-code.ts'
import { emptyRun } from '../../../state/reduce.ts'
import { shardGaps, withoutShard } from '../../../state/shard-gaps.ts'

const ran = (name: string, profile: string | null = null) =>
  toCheckReport(emptyAttempt(), { name, profile, kind: 'vm', outcome: 'passed', execution: 'executed' })

/** A shard that ran some checks and left others to others. */
function shardOf(index: number, count: number, elsewhere: string[]): Pick<RunReport, 'run'> {
  const shard: ShardInfo = {
    index,
    count,
    elsewhere: elsewhere.map((name) => ({ name, kind: 'vm', profile: null })),
  }
  return { run: { ...emptyRun().run, shard } }
}

const told = (gaps: CheckReport[]) => gaps.map(({ name, reason }) => [name, reason])

test('nothing is missing of shards that are all there', () => {
  const runs = [shardOf(1, 2, ['b']), shardOf(2, 2, ['a'])]
  expect(shardGaps(runs, [ran('a'), ran('b')])).toEqual([])
})

test('what a lost shard had to run is missed once, by its number', () => {
  const runs = [shardOf(1, 3, ['b', 'c']), shardOf(2, 3, ['a', 'c'])]
  const gaps = shardGaps(runs, [ran('a'), ran('b')])
  expect(told(gaps)).toEqual([['c', 'not executed: shard 3/3 is not among the merged runs']])
  expect(gaps[0]).toMatchObject({
    outcome: 'skipped',
    skip: 'other-shard',
    execution: 'unknown',
    attempts: 0,
  })
  expect(exitCodeOf([ran('a'), ran('b'), ...gaps])).toBe(5)
  expect(exitCodeOf([ran('a'), ran('b')])).toBe(0)
})

test('shards that were cut differently are told, and so is a check under another profile', () => {
  const runs = [shardOf(1, 2, ['b']), shardOf(2, 2, ['a'])]
  expect(told(shardGaps(runs, [ran('a'), ran('b', 'edge')]))).toEqual([
    ['b', 'not executed: it is in none of the merged shards, which did not see the same history'],
  ])
})

test('several lost shards; runs that are no shards miss nothing', () => {
  expect(told(shardGaps([shardOf(2, 3, ['a'])], []))).toEqual([
    ['a', 'not executed: shards 1/3, 3/3 are not among the merged runs'],
  ])
  expect(shardGaps([{ run: emptyRun().run }], [])).toEqual([])
})

test('a merged run is no shard', () => {
  expect(withoutShard(shardOf(1, 2, ['b']).run)).toEqual(emptyRun().run)
})
