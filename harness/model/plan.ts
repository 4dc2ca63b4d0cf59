import type { CheckMetadata, ListedCheck } from './check.ts'
import type { Accelerator } from './outcome.ts'
import type { Profile } from './profile.ts'
import type { QuarantineEntry } from './quarantine.ts'

/** What an instance must hold before it may start. */
export interface Needs {
  memoryMiB: number
  cores: number
}

/** What all attempts of a run together may hold. */
export interface Budget {
  memoryMiB: number
  /** null: cores do not limit. */
  cores: number | null
  /** Attempts at once; null: only memory and cores limit. */
  jobs: number | null
}

/** check x profile x accelerator: the unit that is queued and attempted. */
export interface Instance {
  /** Unique in a run: the check's name, `@profile` behind it where there is one. */
  id: string
  check: ListedCheck
  metadata: CheckMetadata | null
  /** Name of the profile; null for none. */
  profile: string | null
  /** What that profile says; absent without one, and where nothing will be attempted. */
  conditions?: Profile
  /** null when it cannot be told before the log is read. */
  accelerator: Accelerator | null
  needs: Needs
  timeoutSeconds: number
  /** From history; orders the queue. */
  expectedSeconds: number | null
  /** It was named on the command line, not found by a glob or by selecting all. */
  namedExplicitly: boolean
  /** Names of the groups that it belongs to. */
  groups: string[]
  /** Known failures that do not fail the run. */
  quarantine: QuarantineEntry[]
}

/** Why an instance is not run at all. Each is one clear line for people in `reason`. */
export type SkipKind =
  | 'cannot-run-here'
  | 'not-a-vm-test'
  /** It is not meant for the profile, or cannot be put under one. */
  | 'profile'
  | 'cached'
  | 'fail-fast'
  | 'layer'
  | 'interrupted'
  /** Of a merged report: it belongs to a shard that is not among the runs. */
  | 'other-shard'
  /** Of a merged report: it was expected, and none of the runs knows of it. */
  | 'lost'
