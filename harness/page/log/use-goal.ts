import { useEffect, useState } from 'preact/hooks'

/** A line to bring into view. A new object is a new wish, even for the same line: the reader may have scrolled away. */
export interface Goal {
  /** null: none. */
  line: number | null
}

/**
 * Where the reader wants to be: wherever the address or the search last led.
 * @param addressed line of the address, or at which the attempt failed @param hit that the reader looks at
 * @returns the goal, and what sets another one
 */
export function useGoal(addressed: number | null, hit: number | null): [Goal, (line: number | null) => void] {
  const [goal, setGoal] = useState<Goal>({ line: addressed })
  const goTo = (line: number | null) => setGoal({ line })
  useEffect(() => goTo(addressed), [addressed])
  useEffect(() => {
    if (hit !== null) goTo(hit)
  }, [hit])
  return [goal, goTo]
}
