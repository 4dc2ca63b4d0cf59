import type { Profile } from '../model/profile.ts'
import { type SelectedInstance, underProfiles } from './profiles.ts'
import { matchesAny, type SelectedCheck } from './select.ts'

/** What a name on the command line of `run` asks for. */
export interface Target {
  /** Name or glob of checks. */
  check: string
  /** Name of the profile; null: what the run is under. */
  profile: string | null
}

/**
 * `k3s-network@lossy` is a check under a profile, as reports name it. A check whose own name holds an `@` is named with
 * another one behind it, `odd@name@`, or selected by a glob, `odd?name`.
 */
export function targetOf(word: string): Target {
  const at = word.lastIndexOf('@')
  if (at <= 0) return { check: word, profile: null }
  if (at < word.length - 1) return { check: word.slice(0, at), profile: word.slice(at + 1) }
  return { check: word.lastIndexOf('@', at - 1) > 0 ? word.slice(0, at) : word, profile: null }
}

/** What names just this check, whatever it is called. */
export function wordFor(check: string): string {
  return check.lastIndexOf('@') > 0 ? `${check}@` : check
}

/** Each selected check under the profiles that are asked for with its name; without any under that of the run. */
export function underTheirProfiles(
  selected: readonly SelectedCheck[],
  targets: readonly Target[],
  [own = null, ...named]: readonly (Profile | null)[],
): SelectedInstance[] {
  return underProfiles(selected, [own, ...named]).filter(({ check, profile }) => {
    if (targets.length === 0) return profile === own
    const asking = targets.filter((one) => matchesAny(check.name, [one.check]))
    return asking.some((one) => (one.profile ?? own?.name) === profile?.name)
  })
}
