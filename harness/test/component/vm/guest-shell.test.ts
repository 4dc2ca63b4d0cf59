import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { cpioArchive } from '../../../vm/guest/cpio.ts'
import { chooseShell, commandLine, parseAnswer } from '../../../vm/machine/backdoor.ts'
import { busybox } from '../../helpers/guest.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

/** Runs a command the way the backdoor does. */
function inShell(shell: string[], command: string, timeoutSeconds: number | null = null) {
  const [program = '', ...args] = shell
  const lines = [chooseShell, commandLine(command, timeoutSeconds, 'token')]
  const answer = execFileSync(program, args, { input: lines.map((line) => `${line}\n`).join('') })
  return parseAnswer(answer.toString('latin1').trimEnd(), 'token')
}

const busyboxShell = [busybox, 'sh', '-s']

test.each([
  ["the guest's busybox", busyboxShell],
  ['bash', ['bash', '--norc', '-s']],
  ['the sh of this host', ['sh', '-s']],
])('%s answers with output and the status of a pipe', (_name, shell) => {
  expect(inShell(shell, 'echo a; exit 3 | true')).toEqual({ status: 3, output: Buffer.from('a\n') })
})

test('any byte of the output comes back', () => {
  const octal = Array.from({ length: 256 }, (_, byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('')
  const { status, output } = inShell(busyboxShell, `printf '%b' '${octal}'; exit 42`)
  expect(status).toBe(42)
  expect(output).toEqual(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)))
})

test('quotes, several lines and here-documents pass through', () => {
  const command = `x="it's"\ncat <<'END'\na $x \\ "b"\nEND\necho "$x"`
  expect(inShell(busyboxShell, command).output.toString()).toBe(`a $x \\ "b"\nit's\n`)
})

test('a command that reads standard input gets its end, not the next command', () => {
  expect(inShell(busyboxShell, 'cat')).toEqual({ status: 0, output: Buffer.alloc(0) })
})

test('the guest ends a command whose time is over', () => {
  const { status, output } = inShell(busyboxShell, 'echo begun; sleep 30', 1)
  expect(output.toString()).toBe('begun\n')
  expect(status).toBeGreaterThan(0)
})

test("busybox's cpio reads our archives", () => {
  const folder = scratchFolder()
  const archive = cpioArchive([
    { type: 'folder', path: 'etc', mode: 0o755 },
    { type: 'file', path: 'etc/odd', content: Buffer.from('12345'), mode: 0o644 },
    { type: 'file', path: 'init', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
    { type: 'link', path: 'sh', target: 'busybox' },
    { type: 'device', path: 'console', major: 5, minor: 1 },
  ])
  const listing = execFileSync(busybox, ['cpio', '-tv'], { input: archive, cwd: folder }).toString()
  const fields = listing
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
  expect(fields.map((words) => [words[0], words.at(-1)])).toEqual([
    ['drwxr-xr-x', 'etc'],
    ['-rw-r--r--', 'etc/odd'],
    ['-rwxr-xr-x', 'init'],
    ['lrwxrwxrwx', 'busybox'],
    ['crw-------', 'console'],
  ])
})
