import { expect, test } from 'vitest'
import { createStopPolicy } from '../../../run/stop-policy.ts'

test.each<[string, number[], string[]]>([
  ['one stops', [0], ['stop']],
  ['what a package manager forwards is the same request', [0, 3, 250], ['stop', 'ignore', 'ignore']],
  ['a second request kills', [0, 5, 1000], ['stop', 'ignore', 'kill']],
  ['a much later one too', [0, 60_000], ['stop', 'kill']],
])('%s', (_, times, reactions) => {
  const react = createStopPolicy()
  expect(times.map((ms) => react(5000 + ms))).toEqual(reactions)
})
