import { useEffect, useState } from 'preact/hooks'

/** The hits of a search, one of which the reader looks at. */
export interface Hits {
  count: number
  /** Which one, from 0. */
  at: number
  /** Its line; null without hits. */
  line: number | null
  /** Goes to another one, around the ends. */
  go(step: 1 | -1): void
}

/** @param lines ascending; they grow while the search goes on @param text that is sought: another one begins anew */
export function useHits(lines: readonly number[], text: string): Hits {
  const [at, setAt] = useState(0)
  const count = lines.length
  useEffect(() => setAt(0), [text])
  const here = Math.min(at, Math.max(0, count - 1))
  return {
    count,
    at: here,
    line: lines[here] ?? null,
    go: (step) => setAt(count === 0 ? 0 : (here + step + count) % count),
  }
}
