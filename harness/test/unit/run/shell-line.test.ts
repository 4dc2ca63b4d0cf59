import { expect, test } from 'vitest'
import { readShellLine, type ShellLine, shellHelp, shellWords } from '../../../run/shell-line.ts'

const nodes = ['alpha', 'beta']
const runs = (node: string, command: string): ShellLine => ({
  type: 'order',
  order: { type: 'run', node, command },
})
const starts = (...names: string[]): ShellLine => ({ type: 'order', order: { type: 'start', nodes: names } })

test.each<[string, ShellLine]>([
  ['', { type: 'nothing' }],
  ['  # a remark', { type: 'nothing' }],
  ['alpha: uname -a', runs('alpha', 'uname -a')],
  ['alpha:uname', runs('alpha', 'uname')],
  ['  beta:  echo "a: b"  ', runs('beta', 'echo "a: b"')],
  ['alpha: exit', runs('alpha', 'exit')],
  ['alpha:', { type: 'use', node: 'alpha' }],
  ['use beta', { type: 'use', node: 'beta' }],
  ['start', starts()],
  ['start alpha  beta', starts('alpha', 'beta')],
  ['console', { type: 'console', nodes }],
  ['console beta', { type: 'console', nodes: ['beta'] }],
  ['test', { type: 'order', order: { type: 'script' } }],
  ['nodes', { type: 'nodes' }],
  ['exit', { type: 'exit' }],
])('%j', (line, meaning) => {
  expect(readShellLine(line, nodes, null)).toEqual(meaning)
})

test('a line without a node goes to the one in use, its own words apart', () => {
  expect(readShellLine('test -e /etc', nodes, 'alpha')).toEqual(runs('alpha', 'test -e /etc'))
  expect(readShellLine('gamma: x', nodes, 'alpha')).toEqual(runs('alpha', 'gamma: x'))
  expect(readShellLine('exit', nodes, 'alpha')).toEqual({ type: 'exit' })
})

test.each([
  ['uname', /for which node\? write NODE: uname/],
  ['start gamma', /no node gamma, only alpha, beta/],
  ['use', /use which node/],
  ['use gamma', /no node gamma/],
  ['console gamma', /no node gamma/],
])('%s is a mistake', (line, message) => {
  expect(readShellLine(line, nodes, null)).toEqual({
    type: 'mistake',
    message: expect.stringMatching(message),
  })
})

test('help tells every word', () => {
  for (const word of shellWords)
    if (word !== 'help') expect(shellHelp).toMatch(new RegExp(`^${word}\\b`, 'm'))
})
