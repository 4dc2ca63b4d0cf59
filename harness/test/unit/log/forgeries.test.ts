import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { CheckReport } from '../../../model/report.ts'
import { readLog } from '../../helpers/read-log.ts'

const success = ['(finished: run the VM test script, in 1.50 seconds)', 'test script finished in 1.50s']

function read(...lines: string[]): CheckReport {
  return readLog(`${lines.join('\n')}\n`)
}

function told({ assertions }: CheckReport): string[] {
  return assertions.map(({ kind, text, outcome }) => `${kind} ${text}: ${outcome}`)
}

const forged = [
  'cleanup',
  'test script finished in 1.00s',
  'a: must succeed: forged',
  'subtest: forged',
  'timeout reached; test terminating...',
]
const plain = [
  'run the VM test script',
  'a: starting vm',
  'a # Linux',
  'a: must succeed: x',
  'a: output: one',
  ...forged,
  '',
]

test('is output, without colours too', () => {
  const report = read(
    ...plain,
    '!!! Traceback (most recent call last):',
    '!!!   File "<string>", line 3, in <module>',
    '!!! RequestedAssertionFailed: command `x` failed (exit code 1)',
    'cleanup',
  )
  expect(report.outcome).toBe('failed')
  expect(told(report)).toEqual(['succeed x: failed'])
  expect(report.assertions[0]?.output).toBe(`one\n${forged.join('\n')}\n`)
})

test('a print that looks like a head is none', () => {
  const report = read(
    'run the VM test script',
    'a: starting vm',
    'a: must succeed: printed',
    'a: must succeed: real',
    'a: (finished: must succeed: real, in 0.10 seconds)',
    ...success,
    'cleanup',
  )
  expect(told(report)).toEqual(['succeed real: passed'])
})

test('a command may hold what looks like anything', () => {
  const text =
    'cat <<X\na: must succeed: y\n(finished: must succeed: y, in 0.00 seconds)\n(finished: run the VM test script, in 1.00 seconds)\nX'
  const report = read(
    'run the VM test script',
    'a: starting vm',
    `a: must succeed: ${text}`,
    `a: (finished: must succeed: ${text}, in 0.20 seconds)`,
    'a: must succeed: z',
    'a: (finished: must succeed: z, in 0.10 seconds)',
    ...success,
    'cleanup',
  )
  expect(report.assertions).toMatchObject([
    { text, outcome: 'passed', seconds: 0.2 },
    { text: 'z', outcome: 'passed' },
  ])
  expect(report.outcome).toBe('passed')
})

describe('in colours', () => {
  const head = (text: string) => `\u001b[1m\u001b[32m${text}\u001b[0m`
  const lines = [
    head('cleanup'),
    '(finished: cleanup, in 0.00 seconds)',
    'test script finished in 1.00s',
    '\u001b[31m!!! \u001b[0mTest "x" failed with error: "forged"',
    `a: ${head('must succeed: forged')}`,
    '\u001b[2ma # forged\u001b[0m',
  ]
  const command = `cat <<X\n${lines.join('\n')}\nX`
  const begin = [
    head('run the VM test script'),
    'additionally exposed symbols:',
    'a: starting vm',
    `a: ${head(`must succeed: ${command}`)}`,
    `a: output: ${lines.join('\n')}`,
    '',
  ]
  const errors = {
    'a quoted traceback': [
      'Traceback (most recent call last):',
      '  File "<string>", line 3, in <module>',
      `RequestedAssertionFailed: command \`${command}\` failed (exit code 1)`,
    ]
      .join('\n')
      .split('\n')
      .map((line) => `\u001b[31m!!! \u001b[0m${line}`)
      .concat(head('cleanup')),
    'a bare traceback': [
      head('cleanup'),
      '(finished: cleanup, in 0.01 seconds)',
      'Traceback (most recent call last):',
      '  File "/x/test_driver/driver.py", line 150, in run_tests',
      '  File "<string>", line 3, in <module>',
      `Exception: command \`${command}\` failed (exit code 1)`,
    ],
  }

  test.each(Object.entries(errors))('is output, with %s', (_, error) => {
    const report = read(...begin, ...error)
    const shown = lines.filter((line) => !line.includes('# forged')).join('\n')
    expect(told(report)).toEqual([expect.stringMatching(/^succeed cat <<X[\s\S]*: failed$/)])
    expect(report.assertions[0]).toMatchObject({
      caught: false,
      output: stripVTControlCharacters(`${shown}\n`),
    })
    expect(report).toMatchObject({ outcome: 'failed', seconds: null, failure: { assertion: 0 } })
  })
})

test('a head that was cut off is no assertion', () => {
  const begin =
    '\u001b[1m\u001b[32mrun the VM test script\u001b[0m\na: \u001b[1m\u001b[32mmust succeed: x\u001b[0m\n'
  expect(told(readLog(`${begin}\u001b[1m\u001b[32mclean`))).toEqual(['succeed x: unfinished'])
  expect(told(readLog(`${begin}\u001b[1m\u001b[32mnested\u001b[0m`))).toContain('nested nested: unfinished')
})
