import type { VNode } from 'preact'
import { useState } from 'preact/hooks'

/** How much of a long list is drawn, and what draws more of it. */
export interface More {
  shown: number
  /** null when all is drawn. */
  button: VNode | null
}

/** Draws a long list in portions: browsers are slow with tens of thousands of elements, and nobody reads them. */
export function useMore(count: number, portion: number): More {
  const [shown, setShown] = useState(portion)
  const left = count - shown
  if (left <= 0) return { shown, button: null }
  return {
    shown,
    button: (
      <button type="button" class="views-more" onClick={() => setShown(shown + portion)}>
        Show {Math.min(portion, left)} of {left} more
      </button>
    ),
  }
}
