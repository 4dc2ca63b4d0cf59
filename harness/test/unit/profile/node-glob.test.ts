import { expect, test } from 'vitest'
import { commonName, fitsNode } from '../../../profile/node-glob.ts'

test.each([
  ['*', 'alpha', true],
  ['alpha', 'alpha', true],
  ['alpha', 'alpha1', false],
  ['agent*', 'agent_1', true],
  ['agent*', 'server_1', false],
  ['*_1', 'agent_1', true],
  ['a*b*c', 'aXbXbc', true],
  ['a*b*c', 'acb', false],
  ['agent_?', 'agent_1', true],
  ['agent_?', 'agent_', false],
  ['!agent*', 'server_1', true],
  ['!agent*', 'agent_1', false],
  ['!*', 'alpha', false],
])('%s and the node %s: %s', (glob, name, fits) => expect(fitsNode(glob, name)).toBe(fits))

const globs = [
  '*',
  'a',
  'a*',
  '*a',
  'a?',
  '?a',
  '??',
  'ab*',
  '*b*',
  '!a',
  '!a*',
  '!*a',
  '!?',
  '!??',
  'a*b',
  '!*',
]

/** All names of up to four letters of a small alphabet. */
const names = ['a', 'b', 'c'].flatMap(function grow(name: string): string[] {
  return name.length === 4 ? [name] : [name, ...['a', 'b', 'c'].flatMap((letter) => grow(name + letter))]
})

test.each(globs)('what %s has in common with others is what trying all names finds', (one) => {
  for (const other of globs) {
    const name = commonName(one, other)
    const tried = names.some((candidate) => fitsNode(one, candidate) && fitsNode(other, candidate))
    expect(name !== null, `${one} and ${other}`).toBe(tried)
    if (name !== null) expect([fitsNode(one, name), fitsNode(other, name)]).toEqual([true, true])
  }
})
