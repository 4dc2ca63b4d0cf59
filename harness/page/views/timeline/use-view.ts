import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

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
  useEffect(() => {
    const element = box.current
    if (!element) return
    const look = () => {
      const now = { left: element.scrollLeft, width: element.clientWidth || usualWidth }
      setSeen((before) => (before.left === now.left && before.width === now.width ? before : now))
    }
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [box])
  return {
    ...seen,
    scrollWhenDrawn: (left) => {
      wantedLeft.current = Math.max(0, left)
    },
  }
}
