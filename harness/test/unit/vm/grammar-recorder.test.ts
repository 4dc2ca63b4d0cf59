import { describe, expect, test } from 'vitest'
import { MachineError, RequestedAssertionFailed } from '../../../vm/errors.ts'
import { TestRecorder } from '../../../vm/record/test-recorder.ts'

function recorded() {
  const lines: string[] = []
  const log = new TestRecorder({
    stdout: (text) => lines.push(`out: ${text}`),
    stderr: (text) => lines.push(text),
  })
  return { log, text: () => lines.join('') }
}

const frames = [
  { file: 'test_driver/driver.ts', inDriver: true, line: 99, function: 'test_script', source: null },
  { file: '<string>', inDriver: false, line: 6, function: null, source: "await machine.succeed('false')" },
]

const succeed = (text: string) => ({ type: 'assertion', node: 'a', kind: 'succeed', text }) as const

describe('the log of our driver', () => {
  test('a block of a node opens in colour behind the name and ends with its time', async () => {
    const { log, text } = recorded()
    await log.step(succeed('true'), async () => undefined)
    expect(text()).toMatch(
      /^a: \x1b\[1m\x1b\[32mmust succeed: true\x1b\[0m\na: \(finished: must succeed: true, in \d\.\d\d seconds\)\n$/,
    )
  })

  test('a block that throws is never closed; its failure is told on one line of ours', async () => {
    const { log, text } = recorded()
    const error = new RequestedAssertionFailed('command `a\nb` failed (exit code 1)', 'one\ntwo\n')
    await expect(log.step(succeed('a\nb'), () => Promise.reject(error))).rejects.toBe(error)
    expect(text().replace(/\d\.\d\d/, 'N')).toBe(
      [
        'a: \x1b[1m\x1b[32mmust succeed: a',
        'b\x1b[0m',
        'a: output: one',
        'two',
        '',
        'a: failed after N seconds, 3 lines of output: "must succeed: a\\nb" because "command `a\\nb` failed (exit code 1)"',
        '',
      ].join('\n'),
    )
  })

  test('phrases are those of the NixOS driver', async () => {
    const { log, text } = recorded()
    const demands = [
      ['fail', 'false'],
      ['wait_for_unit', 'web.service'],
      ['require_unit_state', 'my web.service active'],
      ['wait_until_succeeds', 'test -e /x'],
      ['wait_until_fails', 'test -e /x'],
      ['wait_for_file', '/x'],
      ['wait_for_open_port', '80 on localhost'],
      ['wait_for_closed_port', '80 on localhost'],
      ['wait_for_console_text', 'login:'],
      ['wait_for_shutdown', ''],
      ['screenshot', 'login.png'],
      ['nested', 'reboot'],
    ] as const
    for (const [kind, what] of demands) {
      await log.step({ type: 'assertion', node: 'a', kind, text: what }, async () => undefined)
    }
    const heads = text()
      .split('\n')
      .filter((line) => line.includes('\x1b'))
      .map((line) => line.replace(/\x1b\[\d+m/g, ''))
    expect(heads).toEqual([
      'a: must fail: false',
      'a: waiting for unit web.service',
      "a: checking if unit 'my web.service' has reached state 'active'",
      'a: waiting for success: test -e /x',
      'a: waiting for failure: test -e /x',
      "a: waiting for file '/x'",
      'a: waiting for TCP port 80 on localhost',
      'a: waiting for TCP port 80 on localhost to be closed',
      'a: waiting for login: to appear on console',
      'a: waiting for the VM to power off',
      'a: making screenshot login.png',
      'a: reboot',
    ])
  })

  test('console lines are dim, name included; what a script prints goes to standard output', () => {
    const { log, text } = recorded()
    log.console('a', '[    0.1] Linux')
    log.print('[PHASE 1] boot')
    expect(text()).toBe('\x1b[2ma # [    0.1] Linux\x1b[0m\nout: [PHASE 1] boot\n')
  })

  test('escape codes are the driver’s alone, and its words too', async () => {
    const { log, text } = recorded()
    log.print('\x1b[1m\x1b[32mcleanup\x1b[0m\ntest script finished in 1.00s')
    log.note('a', 'output: x\na: (finished: must succeed: true, in 0.01 seconds)')
    await log.step(succeed('\x1b[0mtrue\x07'), async () => undefined)
    expect(text().split('\n').slice(0, 5)).toEqual([
      'out: cleanup',
      'out:  test script finished in 1.00s',
      ' a: output: x',
      'a: a: (finished: must succeed: true, in 0.01 seconds)',
      'a: \x1b[1m\x1b[32mmust succeed: true\x1b[0m',
    ])
  })

  test('an assertion that failed is told before the clean-up, every line marked', async () => {
    const { log, text } = recorded()
    const error = new RequestedAssertionFailed('command `a\nb` failed (exit code 1)')
    log.scriptFailed({ thrown: error, error, frames })
    await log.end({ thrown: error, error, frames })
    expect(text().replaceAll('\x1b[31m!!! \x1b[0m', '!!! ')).toBe(
      [
        '!!! Traceback (most recent call last):',
        '!!!   File "<string>", line 6, in <module>',
        "!!!     await machine.succeed('false')",
        '!!! ',
        '!!! RequestedAssertionFailed: command `a',
        '!!! b` failed (exit code 1)',
        '',
      ].join('\n'),
    )
  })

  test('a subtest that failed is told in the NixOS driver’s words, too', async () => {
    const { log, text } = recorded()
    const failing = log.step({ type: 'subtest', name: 'x' }, () =>
      Promise.reject(new Error('no\n!!! really')),
    )
    await expect(failing).rejects.toThrow('no')
    expect(
      text()
        .replace(/\x1b\[\d+m/g, '')
        .replace(/\d\.\d\d/, 'N'),
    ).toBe(
      [
        'subtest: x',
        '!!! Test "x" failed with error: "no"',
        'failed after N seconds, no output: "subtest: x" because "no\\n!!! really"',
        '',
      ].join('\n'),
    )
  })

  test('a machine that did not start is told before the clean-up under its full name', () => {
    const { log, text } = recorded()
    const error = new MachineError('Failed to start')
    log.scriptFailed({ thrown: error, error, frames })
    expect(text()).toContain('  File "test_driver/driver.ts", line 99, in test_script\n')
    expect(text()).toContain('test_driver.errors.MachineError: Failed to start\n')
  })

  test('any other error is told only after the clean-up, bare', async () => {
    const { log, text } = recorded()
    const error = new TypeError('x is not a function')
    const failure = { thrown: error, error, frames }
    log.scriptFailed(failure)
    expect(text()).toBe('')
    await log.end(failure)
    expect(text()).toBe(
      [
        'Traceback (most recent call last):',
        '  File "test_driver/driver.ts", line 99, in test_script',
        '  File "<string>", line 6, in <module>',
        "    await machine.succeed('false')",
        'TypeError: x is not a function',
        '',
      ].join('\n'),
    )
  })

  test('nothing can be begun when the script is over', async () => {
    const { log, text } = recorded()
    log.scriptFinished(1)
    await expect(log.step(succeed('true'), async () => undefined)).rejects.toThrow('the test has ended')
    log.print('late')
    expect(text()).toBe('test script finished in 1.00s\n')
  })
})
