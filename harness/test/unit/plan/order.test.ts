import { expect, test } from 'vitest'
import type { Instance } from '../../../model/plan.ts'
import { type Budget, noLoad, take } from '../../../plan/budget.ts'
import { nextToStart } from '../../../plan/order.ts'
import { instance } from '../../helpers/checks.ts'

const budget: Budget = { memoryMiB: 8192, cores: 8, jobs: null }

function job(id: string, cores: number, expectedSeconds: number | null): Instance {
  return instance(id, { needs: { memoryMiB: 512, cores }, expectedSeconds })
}

function picked(waiting: Instance[], load = noLoad): string | null {
  return waiting[nextToStart(waiting, load, budget)]?.id ?? null
}

test('the widest goes first, of equals the longest', () => {
  const many = Array.from({ length: 40 }, (_, index) => job(`narrow-${index}`, 1, 60))
  expect(picked([...many, job('wide', 4, 50), job('wide-longer', 4, 55)])).toBe('wide-longer')
})

test('a long one goes first when it could end last', () => {
  const short = Array.from({ length: 8 }, (_, index) => job(`wide-${index}`, 4, 10))
  expect(picked([...short, job('long', 1, 100)])).toBe('long')
})

test('what was never measured counts as long as the longest', () => {
  const short = Array.from({ length: 8 }, (_, index) => job(`wide-${index}`, 4, 10))
  expect(picked([...short, job('short', 1, 10), job('new', 1, null)])).toBe('wide-0')
  expect(picked([...short, job('long', 1, 100), job('new', 1, null)])).toBe('long')
  expect(picked([...short, job('new', 1, null), job('long', 1, 100)])).toBe('new')
})

test('what fits passes what does not; nothing fits beside a full load', () => {
  const load = take(noLoad, { memoryMiB: 512, cores: 6 })
  expect(picked([job('wide', 4, 100), job('narrow', 2, 1)], load)).toBe('narrow')
  expect(picked([job('wide', 4, 100)], load)).toBe(null)
  expect(picked([])).toBe(null)
})
