import { describe, expect, test } from 'vitest'
import type { CheckReport } from '../../../model/report.ts'
import { readLog } from '../../helpers/read-log.ts'

const bold = (text: string) => `\u001b[1m\u001b[32m${text}\u001b[0m`
const head = (text: string, node = 'a') => `${node}: ${bold(text)}`
const end = (text: string, node = 'a') => `${node}: (finished: ${text}, in 0.10 seconds)`
const step = (text: string, node = 'a') => [head(text, node), end(text, node)]
const line = (text: string, node = 'a') => `\u001b[2m${node} # ${text}\u001b[0m`
const start = [
  bold('run the VM test script'),
  'a: starting vm',
  'a: QEMU running (pid 7)',
  line('Linux version 6'),
]
const success = ['(finished: run the VM test script, in 1.50 seconds)', 'test script finished in 1.50s']
const cleanup = [bold('cleanup'), '(finished: cleanup, in 0.00 seconds)']
const raised = (exception: string, ...frames: string[]) => [
  'Traceback (most recent call last):',
  '  File "/nix/store/x/test_driver/driver.py", line 9, in run_tests',
  '    self.test_script()',
  '  File "<string>", line 3, in <module>',
  ...frames,
  exception,
]
const inDriver = ['  File "/nix/store/x/test_driver/machine.py", line 8, in succeed', '    self.execute()']

function read(...lines: string[]): CheckReport {
  return readLog(`${lines.join('\n')}\n`)
}

/** [kind or text, outcome, caught] of each assertion, short. */
function told({ assertions }: CheckReport): string[] {
  return assertions.map(
    ({ kind, text, outcome, caught }) => `${kind} ${text}: ${outcome}${caught ? ', caught' : ''}`,
  )
}

describe('a dead node', () => {
  const broken = raised('BrokenPipeError: [Errno 32] Broken pipe', ...inDriver)

  test('by a kernel panic is a failure of the check', () => {
    const report = read(
      ...start,
      head('must succeed: x'),
      line('[ 2.4] Kernel panic - not syncing: sysrq'),
      ...cleanup,
      ...broken,
    )
    expect(report).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'node-died', node: 'a', assertion: 0, message: '[Errno 32] Broken pipe' },
      nodes: [{ symptoms: ['kernel-panic'] }],
    })
    expect(told(report)).toEqual(['succeed x: failed'])
  })

  test('by a QEMU that died is an error', () => {
    const report = read(...start, head('must succeed: x'), ...cleanup, ...broken)
    expect(report).toMatchObject({ outcome: 'errored', failure: { kind: 'node-died', node: 'a' } })
    expect(told(report)).toEqual(['succeed x: errored'])
  })

  test('that panicked, was started again and then lost its QEMU, is an error', () => {
    const again = [
      line('[ 2.4] Kernel panic - not syncing: x'),
      'a: starting vm',
      'a: QEMU running (pid 8)',
      line('Linux'),
    ]
    expect(read(...start, ...again, head('must succeed: x'), ...cleanup, ...broken).outcome).toBe('errored')
  })

  test('that switched itself off is no fault of the infrastructure', () => {
    const report = read(
      ...start,
      head('must succeed: x'),
      line('[ 9.9] reboot: Power down'),
      ...cleanup,
      ...broken,
    )
    expect(report).toMatchObject({ outcome: 'failed', failure: { kind: 'node-died' } })
  })

  test('that nobody asked anything makes the success a lie', () => {
    const begin = [...start.slice(0, 3), line("qemu-system-x86_64: unable to find CPU model 'x'")]
    const report = read(...begin, ...success, ...cleanup)
    expect(report).toMatchObject({ outcome: 'errored', failure: { kind: 'node-died', node: 'a' } })
    expect(report.failure?.message).toContain('unable to find CPU model')
  })
})

describe('an exception of the script', () => {
  test('without words is named by its line', () => {
    const report = read(...start, ...step('must succeed: x'), ...cleanup, ...raised('AssertionError'))
    expect(report).toMatchObject({ outcome: 'failed', failure: { kind: 'python', assertion: 1 } })
    expect(report.failure?.message).toBe('AssertionError in line 3 of the test script')
    expect(report.assertions[1]).toMatchObject({
      kind: 'python',
      node: null,
      outcome: 'failed',
      text: 'line 3 of the test script',
    })
  })

  test('that is no assert is no assertion', () => {
    const report = read(
      ...start,
      ...step('must succeed: x'),
      ...cleanup,
      ...raised("NameError: name 'x' is not defined"),
    )
    expect(report.failure).toMatchObject({
      kind: 'python',
      assertion: null,
      message: "name 'x' is not defined",
    })
    expect(told(report)).toEqual(['succeed x: passed'])
  })

  test('in one line, however many it has', () => {
    const report = read(
      ...start,
      ...cleanup,
      ...raised('AssertionError: one\n  two\n\nthree'),
      'kill vlan (pid 3)',
    )
    expect(report.failure?.message).toBe('one two three')
    expect(report.assertions[0]?.message).toBe('one\n  two\n\nthree')
  })

  test('that was chained is the last one', () => {
    const first = [
      'Traceback (most recent call last):',
      '  File "<string>", line 2, in <module>',
      'KeyError: 1',
      '',
    ]
    const bridge = ['During handling of the above exception, another exception occurred:', '']
    const report = read(...start, ...cleanup, ...first, ...bridge, ...raised('ValueError: two'))
    expect(report.failure?.message).toBe('two')
  })

  test('stops an open block without being its fault', () => {
    const caught = [head('must succeed: x'), 'a: output: boo', '']
    const report = read(...start, ...caught, ...cleanup, ...raised('ValueError: gave up'))
    expect(report.failure).toMatchObject({ kind: 'python', message: 'gave up' })
    expect(told(report)).toEqual(['succeed x: failed, caught'])
    expect(report.assertions[0]?.output).toBe('boo\n')
  })

  test('by Ctrl-C is an interruption', () => {
    expect(read(...start, head('must succeed: x'), ...cleanup, ...raised('KeyboardInterrupt')).outcome).toBe(
      'interrupted',
    )
  })
})

describe('what a script catches', () => {
  test('failed, and the check passes', () => {
    const failing = [head('must succeed: x'), 'a: output: one', 'two', '']
    const report = read(...start, ...failing, 'caught it', ...step('must succeed: y'), ...success, ...cleanup)
    expect(report.outcome).toBe('passed')
    expect(report.seconds).toBe(1.5)
    expect(told(report)).toEqual(['succeed x: failed, caught', 'succeed y: passed'])
    expect(report.assertions[0]?.output).toBe('one\ntwo\n')
  })

  test('and looks around before it gives up all the same', () => {
    const failing = [head('must succeed: x'), 'a: output: one', '']
    const error = '\u001b[31m!!! \u001b[0mRequestedAssertionFailed: command `x` failed (exit code 1)'
    const trace = [
      '\u001b[31m!!! \u001b[0mTraceback (most recent call last):',
      '\u001b[31m!!! \u001b[0m  File "<string>", line 3, in <module>',
      error,
    ]
    const report = read(...start, ...failing, ...step('must succeed: journalctl'), ...trace, ...cleanup)
    expect(report.failure).toMatchObject({ kind: 'succeed', assertion: 0 })
    expect(told(report)).toEqual(['succeed x: failed', 'succeed journalctl: passed'])
  })

  test('a banner printed after it opens a phase', () => {
    const failing = [head('must succeed: x'), 'a: output: one', '']
    const report = read(
      ...start,
      ...failing,
      '[PHASE 2] go on',
      ...step('must succeed: y'),
      ...success,
      ...cleanup,
    )
    expect(report.assertions.map(({ phase }) => phase)).toEqual([null, '[PHASE 2] go on'])
  })
})

describe('older drivers', () => {
  test('close a block with its time alone', () => {
    const report = read(
      'run the VM test script',
      'a: starting vm',
      'a: must succeed: x',
      'a # noise',
      '(0.07 seconds)',
    )
    expect(report.assertions).toMatchObject([{ text: 'x', outcome: 'passed', seconds: 0.07 }])
  })

  test('of the Perl era are not misread', () => {
    const report = read(
      'running the VM test script',
      'a: starting vm',
      'a# [    0.000000] Linux version 4.19',
      'a: must succeed: x',
      '(0.07 seconds)',
      'a# test script finished in 1.00s',
    )
    expect(report).toMatchObject({ outcome: 'unknown', nodes: [{ name: 'a', consoleLines: 2 }] })
  })
})

test('a driver that cannot even make its network is an error of the host', () => {
  expect(read(bold('start all VLans'), 'start vlan', 'cannot start vde_switch')).toMatchObject({
    outcome: 'errored',
    failure: { kind: 'host' },
  })
})

test('a hang is neither pass nor fail', () => {
  const report = read(
    ...start,
    ...step('must succeed: x'),
    head('waiting for unit b.service'),
    line('still booting'),
  )
  expect(report).toMatchObject({ outcome: 'unknown', failure: null })
  expect(told(report)).toEqual(['succeed x: passed', 'wait_for_unit b.service: unfinished'])
})

test('an output is cut at 16 KiB of UTF-8, never inside a character', () => {
  const report = read(
    ...start,
    head('must succeed: x'),
    `a: output: x${'ü'.repeat(20_000)}`,
    ...cleanup,
    ...raised('Exception: command `x` failed (exit code 1)'),
  )
  const output = report.assertions[0]?.output ?? ''
  expect(Buffer.byteLength(output)).toBe(16 * 1024 - 1)
  expect(output).toMatch(/^xü+$/)
})
