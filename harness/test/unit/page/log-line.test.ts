import { describe, expect, test } from 'vitest'
import { consolesBefore, logLine, momentOfFailure } from '../../../page/log/log-line.ts'

const nodes = new Set(['alpha', 'agent_1', 'x'])

describe('who speaks', () => {
  test.each([
    [
      'a console',
      '\x1b[2malpha # [ 0.1] Linux\x1b[0m',
      { node: 'alpha', isConsole: true, text: '[ 0.1] Linux\x1b[0m' },
    ],
    ['a console without colours', 'agent_1 # login:', { node: 'agent_1', isConsole: true, text: 'login:' }],
    [
      'the driver about a node',
      'alpha: waiting for unit web',
      { node: 'alpha', isConsole: false, text: 'waiting for unit web' },
    ],
    [
      'behind the name of a build',
      'vm-test-run-pair> alpha # hi',
      { node: 'alpha', isConsole: true, text: 'hi' },
    ],
    ['the driver', 'start all VLans', { node: null, isConsole: false, text: 'start all VLans' }],
    [
      'a word before a colon that is no node',
      'error: alpha # x',
      { node: null, isConsole: false, text: 'error: alpha # x' },
    ],
    ['a node that there is not', 'beta # x', { node: null, isConsole: false, text: 'beta # x' }],
    ['nothing behind the name', 'alpha #', { node: null, isConsole: false, text: 'alpha #' }],
  ])('%s', (_, line, expected) => {
    expect(logLine(line, nodes)).toEqual(expected)
  })
})

const log = [
  'alpha # one',
  'alpha: must succeed: false',
  'agent_1 # other',
  'alpha # two',
  '\x1b[31m!!! \x1b[0mTraceback (most recent call last):',
  'alpha # three',
  '\x1b[1m\x1b[32mcleanup\x1b[0m',
]

describe('when it failed', () => {
  test('at the error behind the line at which the assertion began', () => {
    expect(momentOfFailure(log, 101, 102)).toBe(105)
  })

  test('at the clean-up without one', () => {
    expect(momentOfFailure(log, 101, 106)).toBe(107)
  })

  test('also in the log of a build', () => {
    expect(momentOfFailure(['a', 'vm-test-run-x> cleanup'], 1, 1)).toBe(2)
  })

  test('nobody knows when these lines do not tell', () => {
    expect(momentOfFailure(log.slice(0, 3), 101, 101)).toBeNull()
  })
})

describe('what the consoles said before', () => {
  test('of each node the last lines, with their numbers', () => {
    const around = { first: 101, moment: 105, nodes: ['alpha', 'agent_1', 'silent'], most: 40 }
    expect(consolesBefore(log, around)).toEqual([
      {
        node: 'alpha',
        lines: [
          { line: 101, text: 'one' },
          { line: 104, text: 'two' },
        ],
      },
      { node: 'agent_1', lines: [{ line: 103, text: 'other' }] },
      { node: 'silent', lines: [] },
    ])
  })

  test('no more than asked for, and only those', () => {
    const [alpha] = consolesBefore(log, { first: 101, moment: 900, nodes: ['alpha'], most: 2 })
    expect(alpha?.lines.map(({ text }) => text)).toEqual(['two', 'three'])
  })
})
