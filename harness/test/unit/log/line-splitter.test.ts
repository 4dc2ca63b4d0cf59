import { expect, test } from 'vitest'
import { LineSplitter, lineLimit } from '../../../log/line-splitter.ts'

function split(bytes: Uint8Array, size: number): { lines: string[]; dropped: number } {
  const lines: string[] = []
  const splitter = new LineSplitter((text, start, end) => lines.push(text.slice(start, end)))
  for (let at = 0; at < bytes.length; at += size) splitter.write(bytes.subarray(at, at + size))
  splitter.end()
  return { lines, dropped: splitter.dropped }
}

test.each([1, 2, 3, 5, 100])('LF alone ends a line, in cuts of %i', (size) => {
  const text = 'one\n\ntwo\rthree\u000bfour\u2028five\u0085six\u001cseven\n\nlast'
  const { lines } = split(Buffer.from(text), size)
  expect(lines.map((line) => Buffer.from(line, 'latin1').toString('utf8'))).toEqual(text.split('\n'))
})

test('a last line without LF counts, an empty one does not', () => {
  expect(split(Buffer.from('a\nb'), 9).lines).toEqual(['a', 'b'])
  expect(split(Buffer.from('a\n'), 9).lines).toEqual(['a'])
  expect(split(Buffer.from(''), 9).lines).toEqual([])
})

test.each([1000, 3 * lineLimit])('an overlong line is cut and the rest counted, in cuts of %i', (size) => {
  const long = Buffer.alloc(lineLimit + 12_345, 'x')
  const { lines, dropped } = split(Buffer.concat([Buffer.from('a\n'), long, Buffer.from('\nb\n')]), size)
  expect(lines.map(({ length }) => length)).toEqual([1, lineLimit, 1])
  expect(dropped).toBe(12_345)
})
