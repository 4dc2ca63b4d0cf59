import type { RefObject } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { RowOffsets } from './window.ts'

/** As in tree.css. */
const treeRowHeight = 28
/** So many rows are drawn at once anywhere, and can be printed and found by the browser's own search. */
const mostDrawn = 250
/** Drawn beyond the edges of the screen. */
const spare = 400

/** What is drawn of a list that the page scrolls, and what rows tell it. */
export interface PageWindow {
  first: number
  /** Behind the last one. */
  end: number
  /** Of the whole list, in pixels. */
  height: number
  offsetOf(row: number): number
  /** Tells how high an open row is. @param key by which it is known */
  measure(key: string, height: number): void
  /** Brings a row onto the screen, when it is not there. */
  scrollTo(row: number): void
}

/**
 * A window over rows of one height, but for open ones, which tell theirs.
 * @param openKey of an open row; null for one that is as high as all others
 */
export function usePageWindow<Row>(
  box: RefObject<HTMLElement | null>,
  rows: readonly Row[],
  openKey: (row: Row) => string | null,
): PageWindow {
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map())
  const [view, setView] = useState({ from: 0, to: innerHeight })
  const offsets = useMemo(() => {
    const known = new Map<number, number>()
    for (const [at, row] of rows.entries()) {
      const key = openKey(row)
      const height = key === null ? undefined : heights.get(key)
      if (height !== undefined) known.set(at, height)
    }
    return new RowOffsets(treeRowHeight, known)
    // The rows change whenever one is opened or closed.
  }, [rows, heights])
  useEffect(() => {
    const look = () => {
      const top = box.current?.getBoundingClientRect().top ?? 0
      setView({ from: -top - spare, to: -top + innerHeight + spare })
    }
    look()
    addEventListener('scroll', look, { passive: true })
    addEventListener('resize', look)
    return () => {
      removeEventListener('scroll', look)
      removeEventListener('resize', look)
    }
  }, [box, rows])
  const measure = (key: string, height: number) =>
    setHeights((known) => (known.get(key) === height ? known : new Map(known).set(key, height)))
  const scrollTo = (row: number) => {
    const top = (box.current?.getBoundingClientRect().top ?? 0) + offsets.offsetOf(row)
    const margin = 80
    if (top < margin) scrollBy(0, top - margin)
    else if (top > innerHeight - margin) scrollBy(0, top - innerHeight + margin)
  }
  const isSmall = rows.length <= mostDrawn
  return {
    first: isSmall ? 0 : Math.max(0, Math.min(rows.length, offsets.rowAt(view.from))),
    end: isSmall ? rows.length : Math.max(0, Math.min(rows.length, offsets.rowAt(view.to) + 1)),
    height: offsets.offsetOf(rows.length),
    offsetOf: (row) => offsets.offsetOf(row),
    measure,
    scrollTo,
  }
}
