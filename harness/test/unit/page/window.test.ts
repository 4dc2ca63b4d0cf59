import { describe, expect, test } from 'vitest'
import { isInSight, RowOffsets, scrollTopFor, windowOf } from '../../../page/shared/window.ts'

describe('a list in a box', () => {
  const box = { rowHeight: 20, boxHeight: 200 }

  test('draws what is in view, and a little more', () => {
    expect(windowOf({ rows: 1000, scrollTop: 10_000, ...box })).toEqual({
      first: 480,
      end: 531,
      top: 9600,
      height: 20_000,
    })
  })

  test('draws nothing that there is not', () => {
    expect(windowOf({ rows: 3, scrollTop: 0, ...box })).toEqual({ first: 0, end: 3, top: 0, height: 60 })
    expect(windowOf({ rows: 0, scrollTop: 0, ...box })).toMatchObject({ first: 0, end: 0 })
  })

  test.each([10_000, 600_000, 60_000_000])('of %i rows brings any into view', (rows) => {
    for (const row of [0, 7, Math.floor(rows / 3), rows - 1]) {
      const scrollTop = scrollTopFor(row, { rows, ...box })
      const { first, end, top, height } = windowOf({ rows, scrollTop, ...box })
      expect(row).toBeGreaterThanOrEqual(first)
      expect(row).toBeLessThan(end)
      const place = top + (row - first) * 20 - scrollTop
      expect(place).toBeGreaterThan(-20)
      expect(place).toBeLessThan(200)
      expect(scrollTop).toBeLessThanOrEqual(Math.max(0, height - 200))
    }
  })

  test('tells whether a row can be seen whole', () => {
    const seen = (row: number) => isInSight(row, { rows: 1000, scrollTop: 10_010, ...box })
    expect([499, 500, 501, 509, 510].map(seen)).toEqual([false, false, true, true, false])
  })

  test('is no higher than browsers can draw', () => {
    expect(windowOf({ rows: 60_000_000, scrollTop: 0, ...box }).height).toBeLessThan(17_000_000)
  })
})

describe('a list with open rows', () => {
  const offsets = new RowOffsets(
    28,
    new Map([
      [5, 128],
      [2, 58],
    ]),
  )

  test.each([
    [0, 0],
    [2, 56],
    [3, 114],
    [5, 170],
    [6, 298],
    [10, 410],
  ])('row %i begins at %i', (row, offset) => {
    expect(offsets.offsetOf(row)).toBe(offset)
    expect(offsets.rowAt(offset)).toBe(row)
  })

  test.each([
    [113, 2],
    [169, 4],
    [297, 5],
    [-50, 0],
  ])('at %i is row %i', (offset, row) => {
    expect(offsets.rowAt(offset)).toBe(row)
  })
})
