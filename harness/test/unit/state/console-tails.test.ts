import { expect, test } from 'vitest'
import { ConsoleTails } from '../../../state/console-tails.ts'

test('keeps the last lines of each node', () => {
  const tails = new ConsoleTails(20)
  for (let index = 0; index < 100; index++) tails.add(index % 2 === 0 ? 'a' : 'b', `line ${index}`)
  const [a, b] = tails.all()
  expect(a).toMatchObject({ node: 'a', lines: { length: 20, 0: 'line 60', 19: 'line 98' } })
  expect(b?.lines.at(-1)).toBe('line 99')
})

test('a guest cannot fill memory with lines or names', () => {
  const tails = new ConsoleTails(20)
  for (let index = 0; index < 10_000; index++) tails.add(`node${index}`, 'x'.repeat(5000))
  for (const { lines } of tails.all()) expect(lines.join('').length).toBeLessThanOrEqual(500)
  expect(tails.all().length).toBe(64)
})
