import { expect, test } from 'vitest'
import type { Needs } from '../../../model/plan.ts'
import { type Budget, budgetFor, fits, noLoad, release, take } from '../../../plan/budget.ts'
import { seededRandom } from '../../helpers/random.ts'

const host = { availableMiB: 10_000, totalMiB: 16_000, cores: 4 }
const nothing = { jobs: null, memoryMiB: null, cores: null }

test.each<[string, Parameters<typeof budgetFor>, Budget]>([
  ["a tenth of the host's memory is kept", [host, nothing], { memoryMiB: 8400, cores: 4, jobs: null }],
  [
    'at least 512 MiB is kept',
    [{ ...host, totalMiB: 2000, availableMiB: 1500 }, nothing],
    { memoryMiB: 988, cores: 4, jobs: null },
  ],
  [
    'at most 2 GiB is kept',
    [{ ...host, totalMiB: 500_000, availableMiB: 400_000 }, nothing],
    { memoryMiB: 397_952, cores: 4, jobs: null },
  ],
  [
    'a full host has no memory to give',
    [{ ...host, availableMiB: 100 }, nothing],
    { memoryMiB: 0, cores: 4, jobs: null },
  ],
  ['--memory replaces it', [host, { ...nothing, memoryMiB: 123 }], { memoryMiB: 123, cores: 4, jobs: null }],
  [
    '--jobs alone lifts the limit on cores',
    [host, { ...nothing, jobs: 8 }],
    { memoryMiB: 8400, cores: null, jobs: 8 },
  ],
  [
    '--jobs and --cores both hold',
    [host, { ...nothing, jobs: 8, cores: 6 }],
    { memoryMiB: 8400, cores: 6, jobs: 8 },
  ],
])('budget: %s', (_, [resources, wishes], expected) => {
  expect(budgetFor(resources, wishes)).toEqual(expected)
})

const budget: Budget = { memoryMiB: 1000, cores: 2, jobs: 3 }

test.each<[string, Needs, typeof noLoad, boolean]>([
  ['exactly what is left', { memoryMiB: 600, cores: 1 }, { memoryMiB: 400, cores: 1, jobs: 1 }, true],
  ['one MiB too much', { memoryMiB: 601, cores: 1 }, { memoryMiB: 400, cores: 1, jobs: 1 }, false],
  ['one core too much', { memoryMiB: 1, cores: 2 }, { memoryMiB: 400, cores: 1, jobs: 1 }, false],
  ['more cores than there are, alone', { memoryMiB: 1, cores: 16 }, noLoad, true],
  ['more memory than there is, alone', { memoryMiB: 1001, cores: 1 }, noLoad, false],
  ['no job left', { memoryMiB: 1, cores: 0 }, { memoryMiB: 3, cores: 0, jobs: 3 }, false],
])('%s', (_, needs, load, expected) => {
  expect(fits(needs, load, budget)).toBe(expected)
})

test('whatever starts and ends in whatever order, the budget is never exceeded', () => {
  const random = seededRandom(7)
  for (let round = 0; round < 200; round++) {
    const limits: Budget = {
      memoryMiB: Math.floor(random() * 4000) + 100,
      cores: random() < 0.3 ? null : Math.floor(random() * 8) + 1,
      jobs: random() < 0.5 ? null : Math.floor(random() * 6) + 1,
    }
    const running: Needs[] = []
    let load = noLoad
    for (let step = 0; step < 50; step++) {
      const needs = { memoryMiB: Math.floor(random() * 1500), cores: Math.floor(random() * 6) }
      if (fits(needs, load, limits)) {
        running.push(needs)
        load = take(load, needs)
      } else {
        const [ended] = running.splice(Math.floor(random() * running.length), 1)
        load = ended ? release(load, ended) : load
      }
      expect(load.jobs).toBe(running.length)
      expect(exceeded(running, limits)).toEqual([])
    }
  }
})

function exceeded(running: Needs[], limits: Budget): string[] {
  const sum = (key: keyof Needs) => running.reduce((total, one) => total + one[key], 0)
  return [
    ...(sum('memoryMiB') > limits.memoryMiB ? ['memory'] : []),
    ...(running.length > (limits.jobs ?? running.length) ? ['jobs'] : []),
    ...(running.length > 1 && sum('cores') > (limits.cores ?? Number.MAX_VALUE) ? ['cores'] : []),
  ]
}
