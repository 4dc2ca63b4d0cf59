import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import { useWatchedBox } from '../shared/use-watched-box.ts'
import { isInSight, scrollTopFor, type Window, windowOf } from '../shared/window.ts'

/** As in log.css. */
const logRowHeight = 24

/** What is drawn of a list in a box that scrolls. */
export interface RowBoxWindow extends Window {
  /** Brings a row into the middle of the box, unless it is in sight. */
  reveal(row: number): void
}

/** A window over rows of one height in a box. */
export function useRowBox(box: RefObject<HTMLElement | null>, rows: number): RowBoxWindow {
  const [view, setView] = useState({ scrollTop: 0, boxHeight: 600 })
  useWatchedBox(box, ({ scrollTop, clientHeight: boxHeight }) => setView({ scrollTop, boxHeight }))
  const reveal = (row: number) => {
    const element = box.current
    if (!element) return
    // Nothing can be scrolled before the list has its height.
    requestAnimationFrame(() => {
      const { scrollTop, clientHeight: boxHeight } = element
      const list = { rows, rowHeight: logRowHeight, scrollTop, boxHeight }
      if (!isInSight(row, list)) element.scrollTop = scrollTopFor(row, list)
    })
  }
  return { ...windowOf({ rows, rowHeight: logRowHeight, ...view }), reveal }
}
