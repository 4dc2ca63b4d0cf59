import { expect, test } from 'vitest'
import { safeFileName } from '../../../filesystem/file-names.ts'

test.each(['k3s-network', 'agent_1', 'check@lossy', 'a.b+c'])('%s stays as it is', (name) => {
  expect(safeFileName(name)).toBe(name)
})

test.each([
  ['a path', '../../etc/passwd'],
  ['this folder', '.'],
  ['the folder above', '..'],
  ['nothing', ''],
  ['an option', '-rf'],
  ['a hidden file', '.bashrc'],
  ['a line break', 'a\nb'],
  ['a zero byte', 'a\0b'],
  ['another script', 'käse'],
  ['an endless name', 'x'.repeat(5000)],
])('%s becomes one harmless name', (_, name) => {
  expect(safeFileName(name)).toMatch(/^[\w+@][\w.+@-]{1,140}$/)
})

test('two names never share a file', () => {
  const names = ['a/b', 'a_b', 'a\\b', 'a b', 'a:b']
  expect(new Set(names.map((name) => safeFileName(name))).size).toBe(names.length)
})

test('a name that is taken gets another', () => {
  expect(safeFileName('run.json', ['run.json'])).toMatch(/^run\.json-[0-9a-f]{8}$/)
})
