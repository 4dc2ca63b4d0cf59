import { closest, distance } from 'fastest-levenshtein'

/** How far a name may be from an unknown one to be worth telling, in letters changed. */
const nearDistance = 3

/** The known name that somebody may have meant, or null when none is near. */
export function nearestName(name: string, known: string[]): string | null {
  const near = known.length === 0 ? null : closest(name, known)
  return near !== null && distance(name, near) <= nearDistance ? near : null
}
