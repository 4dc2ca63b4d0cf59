import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readLines, readText } from '../../../nix/read-lines.ts'

async function linesOf(stream: Readable): Promise<string[]> {
  const lines: string[] = []
  await readLines(stream, (line) => lines.push(line))
  return lines
}

function chunks(...texts: (string | Buffer)[]): Readable {
  return Readable.from(texts.map((text) => Buffer.from(text)))
}

test.each([
  ['lines in any cut', ['on', 'e\ntw', 'o\n'], ['one', 'two']],
  ['a last line without a newline', ['one\ntwo'], ['one', 'two']],
  ['empty lines', ['\n\none\n'], ['', '', 'one']],
  ['a character cut in two', [Buffer.from([0xc3]), Buffer.from([0xa4, 0x0a])], ['ä']],
])('%s', async (_, texts, lines) => {
  expect(await linesOf(chunks(...texts))).toEqual(lines)
})

test('a pipe that breaks ends like any other', async () => {
  const broken = () => {
    const stream = new PassThrough()
    stream.write('one\ntwo')
    setImmediate(() => stream.destroy(new Error('EPIPE')))
    return stream
  }
  expect(await linesOf(broken())).toEqual(['one', 'two'])
  expect(await readText(broken())).toBe('one\ntwo')
})

test('what the reader of the lines throws is told', async () => {
  const reading = readLines(chunks('one\n', 'two\n'), () => {
    throw new Error('a bug')
  })
  await expect(reading).rejects.toThrow('a bug')
})
