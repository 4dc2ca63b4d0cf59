import { expect, test } from 'vitest'
import { cutLogLine } from '../../../nix/cut-line.ts'
import { maxLineLength } from '../../../nix/read-lines.ts'

const start = '@nix {"action":"result","fields":["'
const long = 'x'.repeat(maxLineLength)

test.each([
  ['between two characters', 'a\\n', 'a\n'],
  ['behind the backslash of an escape', 'a\\', 'a'],
  ['inside an escape', 'a\\u001', 'a'],
  ['behind an escaped backslash', 'a\\\\', 'a\\'],
])('cut %s, a line of a builder keeps what was read', (_, end, kept) => {
  const text = cutLogLine(start + long + end) ?? ''
  expect(text).toHaveLength(maxLineLength + kept.length)
  expect(text.slice(-kept.length)).toBe(kept)
})

test.each([
  ['a short line', `${start}x`],
  ['a message', `@nix {"action":"msg","level":0,"msg":"${long}`],
  ['what is no JSON', long],
])('%s is none', (_, line) => {
  expect(cutLogLine(line)).toBeNull()
})
