import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useWatchedBox } from '../../shared/use-watched-box.ts'

/** What is seen of something that scrolls sideways, in pixels. */
export interface View {
  left: number
  width: number
  /** Once what is drawn has its new width. */
  scrollWhenDrawn(left: number): void
}

/** Before the first measurement. */
const usualWidth = 900

/** Follows the size and the scroll position of a box. */
export function useView(box: RefObject<HTMLElement | null>): View {
  const [seen, setSeen] = useState({ left: 0, width: usualWidth })
  const wantedLeft = useRef<number | null>(null)
  useLayoutEffect(() => {
    if (wantedLeft.current !== null && box.current) box.current.scrollLeft = wantedLeft.current
    wantedLeft.current = null
  })
  useWatchedBox(box, ({ scrollLeft: left, clientWidth }) => {
    const width = clientWidth || usualWidth
    setSeen((before) => (before.left === left && before.width === width ? before : { left, width }))
  })
  return {
    ...seen,
    scrollWhenDrawn: (left) => {
      wantedLeft.current = Math.max(0, left)
    },
  }
}
