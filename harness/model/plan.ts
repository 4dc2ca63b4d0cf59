import type { CheckMetadata, ListedCheck } from './check.ts'
import type { Accelerator } from './outcome.ts'
import type { QuarantineEntry } from './quarantine.ts'

/** What an instance must hold before it may start. */
export interface Needs {
  memoryMiB: number
  cores: number
}

/** check x profile x accelerator: the unit that is queued and attempted. */
export interface Instance {
  /** Unique in a run: the check's name, `@profile` behind it where there is one. */
  id: string
  check: ListedCheck
  metadata: CheckMetadata | null
  profile: string | null
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
export type SkipKind = 'cannot-run-here' | 'not-a-vm-test' | 'cached' | 'fail-fast' | 'layer' | 'interrupted'
