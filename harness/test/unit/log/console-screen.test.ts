import { expect, test } from 'vitest'
import { createDriverLogReader } from '../../../log/index.ts'

async function consoleOf(raw: string[]): Promise<[string, string, number][]> {
  const lines: [string, string, number][] = []
  const reader = createDriverLogReader({
    event: () => {},
    console: (node, text, line) => lines.push([node, text, line]),
  })
  const head = ['\u001b[1m\u001b[32mrun the VM test script\u001b[0m', 'a: starting vm', 'b: starting vm']
  reader.write(Buffer.from(`${[...head, ...raw].join('\n')}\n`))
  await reader.end()
  return lines
}

const line = (text: string, node = 'a') => `\u001b[2m${node} # ${text}\u001b[0m`

test('lines come per node, in order, without colours, with the line of the log', async () => {
  expect(
    await consoleOf([line('one'), line('\u001b[1;31mtwo\u001b[0m', 'b'), line('gr\u00fc\u00dfe \u4e16')]),
  ).toEqual([
    ['a', 'one', 4],
    ['b', 'two', 5],
    ['a', 'gr\u00fc\u00dfe \u4e16', 6],
  ])
})

test('what the firmware clears from the screen is gone', async () => {
  const kernel = `[    0.000000] Linux version 6.1.0 ${'x'.repeat(300)}`
  expect(await consoleOf([line(`Probing EDD... o\u001bc\u001b[?7l\u001b[2J${kernel}`)])).toEqual([
    ['a', kernel, 4],
  ])
})

test.each([
  ['a cursor that moves back', 'progress 10%\u001b[12Dprogress 99%', ['progress 99%']],
  ['erased text', 'wrong\u001b[1G\u001b[Kright', ['right']],
  ['backspaces', 'abd\bc', ['abc']],
  ['several rows', '\u001b[2J\u001b[1;1HGRUB menu\u001b[3;5H* Linux', ['GRUB menu', '    * Linux']],
  ['nothing left', '\u001b[2J', ['']],
])('%s: drawn as a person would have seen it', async (_, text, rows) => {
  expect(await consoleOf([line('before'), line(text), line('after')])).toEqual([
    ['a', 'before', 4],
    ...rows.map((row) => ['a', row, 5]),
    ['a', 'after', 6],
  ])
})

test('two lines that were glued together are two', async () => {
  expect(await consoleOf([`${line('one')}${line('two', 'b')}`, ''])).toEqual([
    ['a', 'one', 4],
    ['b', 'two', 4],
  ])
})
