import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { parseConsoleAnswer } from '../../../vm/machine/console-shell.ts'
import { consoleCommand, primeText, workerCommand } from '../../../vm/machine/shell-text.ts'
import { busybox } from '../../helpers/guest.ts'

const busyboxShell = [busybox, 'sh', '-s']
const bash = ['bash', '--norc', '-s']

/** What a shell of this host answers to lines on its standard input; through a pipe, as Node's own are sockets. */
function say(shell: string[], text: string): string {
  const options = { input: text, stdio: ['pipe', 'pipe', 'ignore'] as ['pipe', 'pipe', 'ignore'] }
  return execFileSync('sh', ['-c', '"$@" | cat', 'sh', ...shell], options).toString('latin1')
}

describe.each([
  ["the guest's busybox", busyboxShell],
  ['bash', bash],
  ['the sh of this host', ['sh', '-s']],
])('on a console %s', (_name, shell) => {
  const run = (command: string, timeoutSeconds: number | null = null) => {
    const answer = say(shell, consoleCommand(command, timeoutSeconds, 'token'))
    return parseConsoleAnswer(answer.trimEnd(), 'token')
  }

  test('answers with output and the status of a pipe', () => {
    expect(run('echo a; exit 3 | true')).toEqual({ status: 3, output: Buffer.from('a\n') })
  })

  test('gives back any byte', () => {
    const octal = Array.from({ length: 256 }, (_, byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('')
    const { status, output } = run(`printf '%b' '${octal}'; exit 42`)
    expect(status).toBe(42)
    expect(output).toEqual(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)))
  })

  test('takes quotes, several lines and here-documents', () => {
    const command = `x="it's"\ncat <<'END'\na $x \\ "b"\nEND\necho "$x"`
    expect(run(command).output.toString()).toBe(`a $x \\ "b"\nit's\n`)
  })

  test('gives a command that reads the end, not the next command', () => {
    expect(run('cat')).toEqual({ status: 0, output: Buffer.alloc(0) })
  })

  test('ends a command whose time is over', () => {
    const { status, output } = run('echo begun; sleep 30', 1)
    expect(output.toString()).toBe('begun\n')
    expect(status).toBeGreaterThan(0)
  })
})

test.each([
  ['sh', busyboxShell],
  ['bash', bash],
] as const)('a worker that is %s says so and answers one command after the other', (dialect, shell) => {
  const commands = ['echo a; exit 3 | true', '', `printf '\\0b\\0'`, 'exit 9', 'echo "$#"']
  const text = commands.map((command) => workerCommand(command, dialect)).join('')
  expect(say(shell, primeText('token') + text)).toBe(
    `token primed ${dialect}\na\ntoken 3\ntoken 0\n\0b\0token 0\ntoken 9\n0\ntoken 0\n`,
  )
})
