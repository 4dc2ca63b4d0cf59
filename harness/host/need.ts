/** `limited`: it works, but not as well as it could; nothing has to be done. */
export type NeedState = 'ok' | 'missing' | 'limited'

/** What `setup` can do about a missing need. */
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

/** A need that is met. */
export function ok(id: string, title: string, detail: string): Need {
  return { id, title, state: 'ok', detail, mend: null, remedy: null }
}

/** A need that is met, but not as well as it could be, and about which `setup` does nothing. */
export function limited(id: string, title: string, detail: string, mend: string): Need {
  return { id, title, state: 'limited', detail, mend, remedy: null }
}

/** Whether checks can run: nothing is missing. */
export function isReady(needs: Need[]): boolean {
  return needs.every((need) => need.state !== 'missing')
}
