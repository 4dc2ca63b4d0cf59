import { describe, expect, test } from 'vitest'
import { LineSegmenter } from '../../../filesystem/line-segments.ts'

/** `line+lines: text` for each segment of a text that comes in chunks. */
function cut(text: string, chunk: number, sizes = { segment: 8, line: 100 }): string[] {
  const segmenter = new LineSegmenter(sizes)
  const bytes = Buffer.from(text)
  const segments = []
  // One buffer serves all chunks, as when a file is read.
  const shared = Buffer.alloc(chunk)
  for (let at = 0; at < bytes.length; at += chunk) {
    const length = bytes.copy(shared, 0, at, at + chunk)
    segments.push(...segmenter.write(shared.subarray(0, length)))
  }
  segments.push(...segmenter.end())
  return segments.map(({ line, lines, bytes: own }) => `${line}+${lines}: ${own.toString()}`)
}

describe('segments', () => {
  test.each([1, 2, 3, 7, 100])('hold whole lines, in chunks of %i bytes', (chunk) => {
    expect(cut('one\ntwo\nthree\n\n\nfour', chunk)).toEqual([
      '1+2: one\ntwo\n',
      '3+3: three\n\n\n',
      '6+1: four\n',
    ])
  })

  test.each([1, 5, 64])('a line without an end is cut, in chunks of %i bytes', (chunk) => {
    expect(cut(`${'x'.repeat(50)}\nend\n`, chunk, { segment: 1000, line: 10 })).toEqual([
      `1+2: ${'x'.repeat(10)} … 40 more bytes in this line of the file\nend\n`,
    ])
  })

  test('only LF ends a line', () => {
    expect(cut('a\rb\u2028c\n', 3)).toEqual(['1+1: a\rb\u2028c\n'])
  })

  test('an empty file has none', () => {
    expect(cut('', 5)).toEqual([])
  })
})
