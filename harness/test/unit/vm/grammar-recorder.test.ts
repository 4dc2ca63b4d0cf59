import { describe, expect, test } from 'vitest'
import { MachineError, RequestedAssertionFailed } from '../../../vm/errors.ts'
import { GrammarRecorder } from '../../../vm/record/grammar-recorder.ts'

function recorded() {
  const lines: string[] = []
  const log = new GrammarRecorder({
    stdout: (text) => lines.push(`out: ${text}`),
    stderr: (text) => lines.push(text),
  })
  return { log, text: () => lines.join('') }
}

const frames = [
  { driverFile: 'driver.ts', line: 99, function: 'test_script', source: null },
  { driverFile: null, line: 6, function: null, source: "await machine.succeed('false')" },
]

describe('the log of our driver', () => {
  test('a block of a node opens in colour behind the name and ends with its time', async () => {
    const { log, text } = recorded()
    await log.step({ type: 'assertion', node: 'a', kind: 'succeed', text: 'true' }, async () => undefined)
    expect(text()).toMatch(
      /^a: \x1b\[1m\x1b\[32mmust succeed: true\x1b\[0m\na: \(finished: must succeed: true, in \d\.\d\d seconds\)\n$/,
    )
  })

  test('a block that throws is never closed', async () => {
    const { log, text } = recorded()
    const broken = log.step({ type: 'subtest', name: 'x' }, () => Promise.reject(new Error('no')))
    await expect(broken).rejects.toThrow('no')
    expect(text()).toBe('\x1b[1m\x1b[32msubtest: x\x1b[0m\n')
  })

  test('phrases are those of the NixOS driver', async () => {
    const { log, text } = recorded()
    const kinds = {
      fail: 'false',
      wait_until_succeeds: 'test -e /x',
      wait_for_file: '/x',
      wait_for_open_port: '80 on localhost',
      wait_for_console_text: 'login:',
      wait_for_shutdown: '',
    } as const
    for (const [kind, what] of Object.entries(kinds)) {
      const block = { type: 'assertion', node: 'a', kind: kind as keyof typeof kinds, text: what } as const
      await log.step(block, async () => undefined)
    }
    const heads = text()
      .split('\n')
      .filter((line) => line.includes('\x1b'))
      .map((line) => line.replace(/\x1b\[\d+m/g, ''))
    expect(heads).toEqual([
      'a: must fail: false',
      'a: waiting for success: test -e /x',
      "a: waiting for file '/x'",
      'a: waiting for TCP port 80 on localhost',
      'a: waiting for login: to appear on console',
      'a: waiting for the VM to power off',
    ])
  })

  test('console lines are dim, name included; what a script prints goes to standard output', () => {
    const { log, text } = recorded()
    log.console('a', '[    0.1] Linux')
    log.print('[PHASE 1] boot')
    expect(text()).toBe('\x1b[2ma # [    0.1] Linux\x1b[0m\nout: [PHASE 1] boot\n')
  })

  test('an assertion that failed is told before the clean-up, every line marked', () => {
    const { log, text } = recorded()
    const error = new RequestedAssertionFailed('command `a\nb` failed (exit code 1)')
    log.subtestFailed('x', error)
    log.scriptFailed({ error, frames })
    log.scriptFailedAfterCleanup({ error, frames })
    expect(text().replaceAll('\x1b[31m!!! \x1b[0m', '!!! ')).toBe(
      [
        '!!! Test "x" failed with error: "command `a',
        '!!! b` failed (exit code 1)"',
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

  test('a machine that did not start is told before the clean-up under its full name', () => {
    const { log, text } = recorded()
    log.scriptFailed({ error: new MachineError('Failed to start'), frames })
    expect(text()).toContain('  File "test_driver/driver.ts", line 99, in test_script\n')
    expect(text()).toContain('test_driver.errors.MachineError: Failed to start\n')
  })

  test('any other error is told only after the clean-up, bare', () => {
    const { log, text } = recorded()
    const failure = { error: new TypeError('x is not a function'), frames }
    log.scriptFailed(failure)
    expect(text()).toBe('')
    log.scriptFailedAfterCleanup(failure)
    expect(text()).toBe(
      [
        'Traceback (most recent call last):',
        '  File "test_driver/driver.ts", line 99, in test_script',
        '  File "<string>", line 6, in <module>',
        'TypeError: x is not a function',
        '',
      ].join('\n'),
    )
  })
})
