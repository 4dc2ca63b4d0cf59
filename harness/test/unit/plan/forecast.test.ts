import { expect, test } from 'vitest'
import type { Group } from '../../../model/config.ts'
import { type LeftOver, secondsLeft } from '../../../plan/forecast.ts'
import { GroupRules } from '../../../plan/groups.ts'
import { instance } from '../../helpers/checks.ts'

const group = (name: string, facts: Partial<Group>): Group => ({
  name,
  checks: [],
  needs: [],
  max: null,
  exclusive: false,
  ...facts,
})
const groups = new GroupRules(
  [
    group('single', { max: 1 }),
    group('alone', { exclusive: true }),
    group('upper', { needs: ['lower'] }),
    group('lower', {}),
  ],
  true,
)
const rules = { budget: { memoryMiB: 200, cores: null, jobs: null }, groups }

/** A check of 100 MiB of 200. */
const lasting = (id: string, expectedSeconds: number | null, ...names: string[]) =>
  instance(id, { expectedSeconds, groups: names })
const left = (waiting: LeftOver['waiting'], running: [ReturnType<typeof lasting>, number][] = []) =>
  secondsLeft({ waiting, running: running.map(([one, elapsed]) => ({ instance: one, elapsed })) }, rules)

test.each([
  ['nothing', [], [], null],
  ['two beside each other', [lasting('a', 60), lasting('b', 40)], [], 60],
  ['a third behind the shorter one', [lasting('a', 60), lasting('b', 40), lasting('c', 30)], [], 70],
  ['the rest of one that runs', [], [[lasting('a', 60), 45]], 15],
  [
    'one that starts when another ends',
    [lasting('b', 30)],
    [
      [lasting('a', 60), 45],
      [lasting('c', 90), 10],
    ],
    80,
  ],
  ['a little more than usual', [], [[lasting('a', 60), 66]], 6.6],
  ['one at a time of a group', [lasting('a', 60, 'single'), lasting('b', 40, 'single')], [], 100],
  ['one that runs alone', [lasting('a', 60, 'alone'), lasting('b', 40)], [], 100],
  ['one above the other', [lasting('a', 60, 'upper'), lasting('b', 40, 'lower')], [], 100],
] as const)('%s', (_, waiting, running, seconds) => {
  expect(left([...waiting], running as never)).toBe(seconds)
})

test('a few that were never measured take as long as the others on average', () => {
  const known = [lasting('a', 30), lasting('b', 60), lasting('c', 90)]
  expect(left([...known, lasting('d', null)], [])).toBe(120)
})

test.each([
  ['too many were never measured', [lasting('a', 60), lasting('b', null)], []],
  ['one takes twice as long as ever', [lasting('a', 60)], [[lasting('b', 60), 121]]],
] as const)('says nothing when %s', (_, waiting, running) => {
  expect(left([...waiting], running as never)).toBeNull()
})

test('falls with time, second by second, and does not jump when a check takes longer than usual', () => {
  const at = Array.from({ length: 80 }, (_, elapsed) =>
    left([lasting('b', 30), lasting('c', 20)], [[lasting('a', 40), elapsed]]),
  )
  const steps = at.slice(1).map((seconds, index) => (seconds ?? 0) - (at[index] ?? 0))
  expect(Math.max(...steps.map(Math.abs))).toBeLessThanOrEqual(1)
})

test('of very many it is at least what the budget allows, and quickly said', () => {
  const many = Array.from({ length: 5000 }, (_, at) => lasting(`check-${at}`, 10))
  expect(left(many)).toBe(25_000)
})
