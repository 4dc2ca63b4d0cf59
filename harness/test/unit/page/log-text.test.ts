import { describe, expect, test } from 'vitest'
import { consolesAround, failureLine } from '../../../page/check/consoles-around.ts'
import type { LogIndex } from '../../../page/data.ts'
import { allRows, segmentOf, someRows } from '../../../page/log/log-rows.ts'
import { type LogFindings, type LogQuery, markedParts, searchLog } from '../../../page/log/log-search.ts'
import { LogText } from '../../../page/log/log-text.ts'

/** Lines 1 to 3 and 7 to 8 are embedded; 4 to 6 are not. */
const index: LogIndex = {
  bytes: 100,
  lines: 8,
  segments: [
    { line: 1, lines: 3, embedded: true },
    { line: 4, lines: 3, embedded: false },
    { line: 7, lines: 2, embedded: true },
  ],
}

const texts = ['alpha # one\n\nbeta # \x1b[31mT\x1b[0mwo\n', '', 'alpha: two TWO two\nend']

function opened() {
  const read: number[] = []
  const log = new LogText(index, async (segment) => {
    read.push(segment)
    return texts[segment] ?? ''
  })
  return { log, read }
}

describe('rows', () => {
  const rows = allRows(index)

  test('one for each embedded line, one for what is not', () => {
    expect(Array.from({ length: rows.count }, (_, row) => rows.rowAt(row))).toEqual([
      { type: 'line', line: 1 },
      { type: 'line', line: 2 },
      { type: 'line', line: 3 },
      { type: 'gap', line: 4, lines: 3 },
      { type: 'line', line: 7 },
      { type: 'line', line: 8 },
    ])
  })

  test.each([
    [1, 0],
    [3, 2],
    [5, 3],
    [8, 5],
    [900, 5],
  ])('line %i is in row %i', (line, row) => {
    expect(rows.rowOf(line)).toBe(row)
  })

  test('of a part, with the nearest one for a line that is left out', () => {
    const some = someRows([2, 7])
    expect([some.count, some.rowAt(1), some.rowOf(6), some.rowOf(1)]).toEqual([
      2,
      { type: 'line', line: 7 },
      0,
      0,
    ])
  })

  test('of nothing', () => {
    expect(allRows({ segments: [] }).count).toBe(0)
    expect(segmentOf({ segments: [] }, 1)).toBe(-1)
  })
})

describe('lines', () => {
  test('are decoded when asked for, and once', async () => {
    const { log, read } = opened()
    expect(log.line(3)).toBeNull()
    await Promise.all([log.prepare(1, 3), log.prepare(2, 8)])
    expect(read).toEqual([0, 2])
    expect([1, 2, 3, 5, 8, 9].map((line) => log.line(line))).toEqual([
      'alpha # one',
      '',
      'beta # \x1b[31mT\x1b[0mwo',
      null,
      'end',
      null,
    ])
  })

  test('that were looked at long ago are forgotten', async () => {
    const segments = Array.from({ length: 200 }, (_, at) => ({ line: at + 1, lines: 1, embedded: true }))
    const log = new LogText({ bytes: 1, lines: 200, segments }, async (segment) => `${segment}\n`)
    await log.prepare(1, 200)
    expect([log.line(1), log.line(200)]).toEqual([null, '199'])
  })
})

describe('search', () => {
  const query = (facts: Partial<LogQuery>): LogQuery => ({
    text: '',
    nodes: new Set(['alpha', 'beta']),
    speakers: new Set(),
    ...facts,
  })
  const found = async (wanted: LogQuery): Promise<LogFindings> => {
    let last: LogFindings = { shown: null, hits: [] }
    for await (last of searchLog(opened().log, wanted));
    return last
  }

  test('finds text across colours, in any case, each line once', async () => {
    expect(await found(query({ text: 'two' }))).toEqual({ shown: null, hits: [3, 7] })
    expect(await found(query({ text: 'END' }))).toEqual({ shown: null, hits: [8] })
    expect(await found(query({ text: 'nobody said' }))).toEqual({ shown: null, hits: [] })
  })

  test('narrows to the lines of some', async () => {
    expect(await found(query({ speakers: new Set(['alpha']) }))).toEqual({ shown: [1, 7], hits: [] })
    expect(await found(query({ speakers: new Set([null, 'beta']) }))).toEqual({ shown: [2, 3, 8], hits: [] })
    expect(await found(query({ speakers: new Set(['alpha']), text: 'two' }))).toMatchObject({ hits: [7] })
  })

  test('marks what it found', () => {
    expect(markedParts('a Two two', 'TWO')).toEqual([
      { text: 'a ', isHit: false },
      { text: 'Two', isHit: true },
      { text: ' ', isHit: false },
      { text: 'two', isHit: true },
    ])
    // Lower case of İ is two characters.
    expect(markedParts('İa', 'a')).toEqual([{ text: 'İa', isHit: true }])
  })
})

test('where a check failed that had begun long before, or nowhere that anybody tells: at the end', async () => {
  const failing = new LogText(index, async (segment) => (segment === 2 ? 'a\n!!! boom\n' : 'a\nb\nc\n'))
  expect(await failureLine(failing, 2)).toBe(8)
  expect(await failureLine(opened().log, 2)).toBe(9)
  expect(await failureLine(opened().log, null)).toBe(9)
})

test('consoles: of a node that was quiet for long, too, what it said last before the failure', async () => {
  const noise = Array.from({ length: 60 }, (_, at) => `alpha # noise ${at}`)
  const parts = [
    ['beta # a', 'beta # b'],
    noise,
    noise,
    ['alpha: must succeed: x', '!!! boom', 'beta # after'],
  ]
  const segments = parts.map((lines, at) => ({
    line: 1 + parts.slice(0, at).flat().length,
    lines: lines.length,
    embedded: true,
  }))
  const long = new LogText({ bytes: 1, lines: parts.flat().length, segments }, async (segment) =>
    (parts[segment] ?? []).join('\n'),
  )
  const [alpha, beta, mute] = await consolesAround(long, ['alpha', 'beta', 'mute'], 123)
  expect(alpha?.lines).toHaveLength(40)
  expect(alpha?.lines.at(-1)).toEqual({ line: 122, text: 'noise 59' })
  expect(beta?.lines).toEqual([
    { line: 1, text: 'a' },
    { line: 2, text: 'b' },
  ])
  expect(mute?.lines).toEqual([])
})
