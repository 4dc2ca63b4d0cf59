import { expect, test } from 'vitest'
import { inShard, parseShard } from '../../../plan/shard.ts'
import { seededRandom } from '../../helpers/random.ts'

interface Job {
  name: string
  seconds: number | null
}
const measure = { name: (job: Job) => job.name, seconds: (job: Job) => job.seconds }

test('every item is in exactly one shard, whatever order the shards see them in', () => {
  const random = seededRandom(3)
  for (let round = 0; round < 100; round++) {
    const jobs = Array.from({ length: Math.floor(random() * 40) }, (_, index) => ({
      name: `check-${index}`,
      seconds: random() < 0.3 ? null : Math.floor(random() * 600),
    }))
    const count = Math.floor(random() * 8) + 1
    const shards = Array.from({ length: count }, (_, index) => {
      const seen = random() < 0.5 ? jobs : [...jobs].reverse()
      return inShard(seen, { index: index + 1, count }, measure)
    })
    const names = shards.flat().map(({ name }) => name)
    expect(names.toSorted()).toEqual(jobs.map(({ name }) => name).toSorted())
  }
})

test('long ones are spread', () => {
  const jobs: Job[] = [60, 50, 40, 30, 20, 10].map((seconds) => ({ name: `c${seconds}`, seconds }))
  const totals = [1, 2, 3].map((index) =>
    inShard(jobs, { index, count: 3 }, measure).reduce((sum, job) => sum + (job.seconds ?? 0), 0),
  )
  expect(totals).toEqual([70, 70, 70])
})

test('an unknown duration counts as the average of the known', () => {
  const jobs: Job[] = [
    { name: 'a', seconds: 100 },
    { name: 'b', seconds: null },
  ]
  expect(inShard(jobs, { index: 1, count: 2 }, measure)).toEqual([jobs[0]])
  expect(inShard(jobs, { index: 2, count: 2 }, measure)).toEqual([jobs[1]])
})

test('reads 2/4', () => {
  expect(parseShard(' 2/4 ')).toEqual({ index: 2, count: 4 })
})

test.each(['0/4', '5/4', '1', '1/0', 'a/b', '1/4/5', '-1/4', '1.5/4'])('refuses %s', (text) => {
  expect(() => parseShard(text)).toThrow(/--shard/)
})
