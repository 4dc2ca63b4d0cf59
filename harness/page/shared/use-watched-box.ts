import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/**
 * Looks at a box now, and whenever it is scrolled or has another size.
 * @param look what it does must not depend on the render: the first one given is kept
 */
export function useWatchedBox(
  box: RefObject<HTMLElement | null>,
  look: (element: HTMLElement) => void,
): void {
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const lookAgain = () => look(element)
    lookAgain()
    const observer = new ResizeObserver(lookAgain)
    observer.observe(element)
    element.addEventListener('scroll', lookAgain, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', lookAgain)
    }
  }, [box])
}
