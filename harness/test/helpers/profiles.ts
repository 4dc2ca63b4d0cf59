import type { Profile } from '../../model/profile.ts'
import { constraintOf } from '../../profile/constraint.ts'

/** A profile that changes nothing but what is given. */
export function profile(name: string, facts: Partial<Profile> = {}): Profile {
  return {
    name,
    description: '',
    imitates: '',
    source: '',
    links: [],
    limits: [],
    accelerator: null,
    timeoutFactor: 1,
    ...facts,
  }
}

/** A profile that delays whatever any node sends. */
export function delaying(name: string, delay: string, facts: Partial<Profile> = {}): Profile {
  const links: Profile['links'] = [{ nodes: '*', on: { type: 'all' }, constraint: constraintOf({ delay }) }]
  return profile(name, { links, ...facts })
}
