import { expect, test } from 'vitest'
import { hasColor } from '../../../terminal/color.ts'

const terminal = { isTTY: true }
const file = {}

test.each([
  ['a terminal', terminal, {}, true],
  ['a file', file, {}, false],
  ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
  ['FORCE_COLOR into a file', file, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ['both', file, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
])('%s', (_, stream, env, expected) => {
  expect(hasColor(stream, env)).toBe(expected)
})
