import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

/** How far each view had been scrolled when it was left. */
const left = new Map<string, number>()

/**
 * Whoever follows a link begins to read at the top of what it led to, with eyes or ears; whoever goes back goes on where
 * they were.
 * @param place changes with the view @param title of the document
 */
export function usePlace(place: string, title: string): void {
  const before = useRef(place)
  const isFollowing = useRef(false)
  useEffect(() => {
    document.title = title
  }, [title])
  useEffect(() => {
    const note = () => left.set(before.current, scrollY)
    const press = ({ target }: MouseEvent) => {
      isFollowing.current = target instanceof Element && target.closest('a[href^="#"]') !== null
    }
    history.scrollRestoration = 'manual'
    addEventListener('scroll', note, { passive: true })
    addEventListener('click', press, true)
    return () => {
      removeEventListener('scroll', note)
      removeEventListener('click', press, true)
    }
  }, [])
  useLayoutEffect(() => {
    if (before.current === place) return
    before.current = place
    const isBack = !isFollowing.current
    isFollowing.current = false
    // Tabs of the run's view keep the focus, and the page its place.
    if (document.activeElement?.closest('.tabs')) return
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    scrollTo(0, isBack ? (left.get(place) ?? 0) : 0)
  }, [place])
}
