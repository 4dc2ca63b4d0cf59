import { expect, test } from 'vitest'
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
