import type { CheckKind } from '../model/outcome.ts'

/** `limited`: it works, but not as well as it could; nothing has to be done. */
export type NeedState = 'ok' | 'missing' | 'limited'

/** What `setup` can do about a need that is not met. */
export type Remedy =
  /** By name in Debian and Ubuntu alike. */
  { type: 'packages'; packages: string[] } | { type: 'guest' } | { type: 'tools' } | { type: 'store-folder' }

/** One thing that the harness needs of the host. */
export interface Need {
  id: string
  /** What it is, for people. */
  title: string
  state: NeedState
  /** What was found, one line. */
  detail: string
  /** The command, or the words, that mend it; null when there is nothing to mend. */
  mend: string | null
  /** null: `setup` cannot do it. */
  remedy: Remedy | null
}

/** A need with the kinds of checks that have it. */
export interface HostNeed extends Need {
  kinds: CheckKind[]
}

/** A need that is met. */
export function ok(id: string, title: string, detail: string): Need {
  return { id, title, state: 'ok', detail, mend: null, remedy: null }
}

/** A need that is met, but not as well as it could be. */
export function limited(need: Omit<Need, 'state' | 'remedy'>, remedy: Remedy | null = null): Need {
  return { ...need, state: 'limited', remedy }
}

/** Whether checks can run: nothing is missing. */
export function isReady(needs: Need[]): boolean {
  return missingOf(needs).length === 0
}

/** What checks cannot run without. */
export function missingOf<Some extends Need>(needs: Some[]): Some[] {
  return needs.filter((need) => need.state === 'missing')
}
