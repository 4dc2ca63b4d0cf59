/** What part of a long list is drawn, in rows; `top` and `height` in pixels. */
export interface Window {
  first: number
  /** Behind the last one. */
  end: number
  /** Where the first drawn row stands in the scrolled area. */
  top: number
  /** Of the scrolled area. */
  height: number
}

/** A list of rows of one height in a box that scrolls. */
export interface RowBox {
  rows: number
  rowHeight: number
  scrollTop: number
  /** Of the box. */
  boxHeight: number
}

/** Browsers draw nothing beyond some millions of pixels; Firefox ends first, at about 17. */
const mostPixels = 12_000_000
const spareRows = 20

/** Beyond the pixels that a browser can scroll, one of them stands for several: the row at the top is found by ratio. */
export function windowOf({ rows, rowHeight, scrollTop, boxHeight }: RowBox): Window {
  const full = rows * rowHeight
  const height = Math.min(full, mostPixels)
  const fitting = Math.ceil(boxHeight / rowHeight)
  const top = topRow({ rows, rowHeight, scrollTop, boxHeight })
  const first = Math.max(0, Math.floor(top) - spareRows)
  return {
    first,
    end: Math.min(rows, Math.floor(top) + fitting + 1 + spareRows),
    top: Math.max(0, scrollTop - (top - first) * rowHeight),
    height,
  }
}

/** The row at the top of the box, with what is scrolled out of it as a fraction. */
function topRow({ rows, rowHeight, scrollTop, boxHeight }: RowBox): number {
  const full = rows * rowHeight
  if (full <= mostPixels) return scrollTop / rowHeight
  const way = Math.max(1, mostPixels - boxHeight)
  return (Math.min(1, scrollTop / way) * (full - boxHeight)) / rowHeight
}

/** Whether all of a row can be seen. */
export function isInSight(row: number, box: RowBox): boolean {
  const top = topRow(box)
  return row >= top && row + 1 <= top + box.boxHeight / box.rowHeight
}

/** Where to scroll so that a row stands in the middle of the box. */
export function scrollTopFor(row: number, { rows, rowHeight, boxHeight }: Omit<RowBox, 'scrollTop'>): number {
  const full = rows * rowHeight
  const wanted = Math.max(0, Math.min(full - boxHeight, row * rowHeight - (boxHeight - rowHeight) / 2))
  if (full <= mostPixels) return wanted
  return (wanted / (full - boxHeight)) * (mostPixels - boxHeight)
}

/** A list in which a few rows are open, and higher than the others. */
export class RowOffsets {
  readonly #rowHeight: number
  /** Ascending: how much higher a row is than the others. */
  readonly #extras: [row: number, extra: number][]

  /** @param heights of the rows that are not as high as the others */
  constructor(rowHeight: number, heights: ReadonlyMap<number, number>) {
    this.#rowHeight = rowHeight
    this.#extras = [...heights]
      .map(([row, height]): [number, number] => [row, height - rowHeight])
      .sort(([a], [b]) => a - b)
  }

  /** Where a row begins. */
  offsetOf(row: number): number {
    let offset = row * this.#rowHeight
    for (const [at, extra] of this.#extras) {
      if (at >= row) break
      offset += extra
    }
    return offset
  }

  /** The row at a place. */
  rowAt(offset: number): number {
    let left = offset
    let row = 0
    for (const [at, extra] of this.#extras) {
      const before = (at - row) * this.#rowHeight
      if (left < before) break
      left -= before
      row = at
      if (left < this.#rowHeight + extra) return row
      left -= this.#rowHeight + extra
      row++
    }
    return row + Math.max(0, Math.floor(left / this.#rowHeight))
  }
}
