import { expect, test } from 'vitest'
import { messageOf } from '../../../reporters/failure-lines.ts'

const brokenPipe = { kind: 'node-died', message: '[Errno 32] Broken pipe', node: 'a' } as const
const panic = {
  symptom: 'kernel-panic',
  node: 'a',
  line: 389,
  text: '[    2.341955] Kernel panic - not syncing: sysrq triggered crash',
}

test.each([
  [
    'the last words of its kernel',
    brokenPipe,
    [panic],
    'a died: Kernel panic - not syncing: sysrq triggered crash',
  ],
  ['not those of another node', brokenPipe, [{ ...panic, node: 'b' }], 'a died: [Errno 32] Broken pipe'],
  ['not another symptom', brokenPipe, [{ ...panic, symptom: 'oom-kill' }], 'a died: [Errno 32] Broken pipe'],
  ['whoever it was', { ...brokenPipe, node: null }, [], 'a node died: [Errno 32] Broken pipe'],
  [
    'who panicked',
    { ...brokenPipe, node: null },
    [panic],
    'a died: Kernel panic - not syncing: sysrq triggered crash',
  ],
  [
    'what already says so',
    { ...brokenPipe, message: 'QEMU of a died (signal 9)' },
    [],
    'QEMU of a died (signal 9)',
  ],
] as const)('why a node died: %s', (_, failure, symptoms, words) => {
  expect(messageOf(failure, symptoms)).toBe(words)
})

test('other failures keep their message, whatever was seen beside them', () => {
  const failure = { kind: 'succeed', message: 'command `false` failed', node: 'a' } as const
  expect(messageOf(failure, [panic])).toBe('command `false` failed')
})
