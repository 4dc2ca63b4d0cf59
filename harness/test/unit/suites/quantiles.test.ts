import { expect, test } from 'vitest'
import { median, quantile, spread } from '../../../../suites/vm/lib/quantiles.ts'
import { seededRandom } from '../../helpers/random.ts'

test('quantiles lie between the values', () => {
  expect(quantile([30, 10, 20], 0)).toBe(10)
  expect(quantile([30, 10, 20], 1)).toBe(30)
  expect(median([30, 10, 20])).toBe(20)
  expect(median([40, 10, 20, 30])).toBe(25)
  expect(median([])).toBeNaN()
})

test('the spread is the standard deviation, deaf to outliers', () => {
  const random = seededRandom(1)
  // Box and Muller.
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const values = Array.from({ length: 20_000 }, () => 40 + 5 * normal())
  expect(Math.abs(spread(values) - 5)).toBeLessThan(0.1)
  expect(Math.abs(spread([...values, ...Array(100).fill(10_000)]) - 5)).toBeLessThan(0.1)
  expect(spread([7, 7, 7])).toBe(0)
})
