import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type LogExcerpt, logPieces } from '../../../filesystem/log-pieces.ts'
import type { LogIndex } from '../../../page/data.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const mebibyte = 1024 * 1024

function logOf(lines: Iterable<string>): { path: string; bytes: number; text: string } {
  const path = join(scratchFolder(), 'driver.log')
  const text = [...lines].join('')
  writeFileSync(path, text)
  return { path, bytes: Buffer.byteLength(text), text }
}

/** Lines of 64 bytes that tell their number. */
function* numbered(count: number): Generator<string> {
  for (let line = 1; line <= count; line++) yield `${String(line).padEnd(63, '.')}\n`
}

async function read(excerpt: LogExcerpt): Promise<{ index: LogIndex; texts: Map<number, string> }> {
  const texts = new Map<number, string>()
  let index: LogIndex | null = null
  for await (const piece of logPieces(excerpt)) {
    if (piece.type === 'index') index = piece.index
    else texts.set(piece.segment, gunzipSync(Buffer.from(piece.content, 'base64')).toString())
  }
  if (!index) throw new Error('no index')
  return { index, texts }
}

/** What the index says of every segment is what stands in it. */
function expectTrue({ index, texts }: Awaited<ReturnType<typeof read>>, text: string): void {
  const lines = text.split('\n')
  let next = 1
  for (const [number, { line, lines: count, embedded }] of index.segments.entries()) {
    expect(line).toBe(next)
    next += count
    expect(texts.has(number)).toBe(embedded)
    if (embedded) expect(texts.get(number)).toBe(`${lines.slice(line - 1, line - 1 + count).join('\n')}\n`)
  }
  expect(next - 1).toBe(index.lines)
}

describe('a log', () => {
  test('that fits is embedded in whole', async () => {
    const { path, bytes, text } = logOf(numbered(20_000))
    const found = await read({ path, bytes, allowance: bytes, around: null })
    expectTrue(found, text)
    expect([...found.texts.values()].join('')).toBe(text)
    expect(found.index.segments.every(({ embedded }) => embedded)).toBe(true)
    expect(found.index.lines).toBe(20_000)
  })

  test('that does not keeps its beginning, its end and what surrounds the failure', async () => {
    const { path, bytes, text } = logOf(numbered(160_000))
    const around = 90_000
    const found = await read({ path, bytes, allowance: 3 * mebibyte, around })
    expectTrue(found, text)
    expect(found.index.lines).toBe(160_000)
    const isEmbedded = (line: number) =>
      found.index.segments.some((one) => one.embedded && one.line <= line && line < one.line + one.lines)
    expect([1, around - 500, around, around + 500, 160_000].map(isEmbedded)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ])
    expect([30_000, 110_000].map(isEmbedded)).toEqual([false, false])
    const kept = [...found.texts.values()].reduce((sum, one) => sum + one.length, 0)
    expect(kept).toBeLessThan(4 * mebibyte)
    // Neighbours that are left out are one.
    expect(found.index.segments.filter(({ embedded }) => !embedded)).toHaveLength(2)
  })

  test.each([200_000, 20_000, 6_700])(
    'of which only %i bytes may be embedded has its beginning and its end, too, and no more than that',
    async (allowance) => {
      const { path, bytes, text } = logOf(numbered(20_000))
      const found = await read({ path, bytes, allowance, around: null })
      expectTrue(found, text)
      const kept = [...found.texts.values()]
      expect(kept.at(0)).toMatch(/^1\./)
      expect(kept.at(-1)).toMatch(/\n20000\.+\n$/)
      const size = kept.reduce((sum, one) => sum + one.length, 0)
      expect(size).toBeLessThanOrEqual(allowance)
      expect(size).toBeGreaterThan(allowance / 2)
    },
  )

  test('that is gone leaves the rest of the page alone', async () => {
    const { index } = await read({ path: '/nowhere/driver.log', bytes: 5, allowance: 5, around: null })
    expect(index).toEqual({ bytes: 5, lines: 0, segments: [], problem: 'no such file or folder' })
  })
})
