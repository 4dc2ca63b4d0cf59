import { expect, test } from 'vitest'
import { clockText, ticksOf } from '../../../../page/views/timeline/ticks.ts'

test('ticks stand at times that people count in, and no more of them than fit', () => {
  expect(ticksOf(44, 5)).toEqual([0, 10, 20, 30, 40])
  expect(ticksOf(3600, 6)).toEqual([0, 600, 1200, 1800, 2400, 3000, 3600])
  expect(ticksOf(10 * 86_400, 4)).toEqual([0, 3 * 86_400, 6 * 86_400, 9 * 86_400])
  expect(ticksOf(0, 0)).toEqual([0])
})

test('times as a clock shows them', () => {
  expect([0, 45.4, 725, 3725].map(clockText)).toEqual(['0:00', '0:45', '12:05', '1:02:05'])
})
