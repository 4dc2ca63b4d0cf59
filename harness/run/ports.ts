import type { AttemptEnd } from '../model/attempt-end.ts'
import type { CheckMetadata, DescribedCheck, ListedCheck } from '../model/check.ts'
import type { LogEvent } from '../model/log-event.ts'
import type { Operator } from '../model/operator.ts'
import type { Accelerator, AcceleratorChoice, Execution } from '../model/outcome.ts'
import type { Instance } from '../model/plan.ts'
import type { Profile } from '../model/profile.ts'
import type { AttemptStage, RunEvent } from '../model/run-event.ts'

/** A place that checks come from. `nix/` and `vm/` each implement one; `run/` knows no other side of them. */
export interface CheckSource {
  /** Names without evaluating any check. Throws UserError when the place itself cannot be read. */
  list(): Promise<ListedCheck[]>
  /**
   * Evaluates just these, each apart from the others; yields them as they are done, in any order.
   * @param profile that they shall run under; default: none
   */
  describe(
    checks: ListedCheck[],
    signal: AbortSignal,
    profile?: Profile | null,
  ): AsyncIterable<DescribedCheck>
  /** One execution. Never rejects for what the check, Nix or the host did: that is in the result. */
  attempt(request: AttemptRequest, observer: AttemptObserver, signal: AbortSignal): Promise<AttemptResult>
  /** The stored log of an earlier execution of this instance, or null. */
  earlierLog?(instance: Instance, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | null>
}

/** A source that knows beforehand what becomes of its checks on this host. */
export interface CheckPlace extends CheckSource {
  /** @throws UserError when there is nothing to execute checks with */
  fitness(check: FitnessQuestion, accel: AcceleratorChoice): Promise<Fitness>
}

/** A check that was evaluated. */
export type FitnessQuestion = ListedCheck & { metadata: CheckMetadata }

/** What this host makes of a check. */
export interface Fitness {
  /** Why it cannot be executed here, one line with the choice; null when it can. */
  whyNot: string | null
  /** What its VMs will run under; null when only the log tells. */
  accelerator: Accelerator | null
}

/** What to execute, and how. */
export interface AttemptRequest {
  instance: Instance
  /** 1-based. */
  attempt: number
  /** Absolute; exists. For files that the attempt leaves behind. */
  folder: string
  timeoutSeconds: number
  /** false: a valid or substituted output is taken as it is and reported as not executed. */
  force: boolean
  via: 'build' | 'driver'
  /** `tcg`: announce the kvm feature to Nix although there is none. */
  accel: AcceleratorChoice
  /** Uses the nodes in place of the check's own script; only checks of kind vm know one. */
  operator?: Operator
}

/** Where a source delivers what happens while it executes. */
export interface AttemptObserver {
  /** Bytes of the driver's log, as received. Any cut is allowed. */
  log(bytes: Uint8Array): void
  /** For drivers that need no parsing. A source uses either `log`, or `event` with `record` and `console`. */
  event(event: LogEvent): void
  /** Bytes of the driver's log that nobody parses: they are kept in driver.log. */
  record(bytes: Uint8Array): void
  /** A rendered and sanitised console line. */
  console(node: string, text: string): void
  stage(stage: AttemptStage): void
}

/** What became of an execution. */
export interface AttemptResult {
  execution: Execution
  end: AttemptEnd
  /** Time of the build alone in seconds, without inputs and waiting for locks; null when it did not run. */
  seconds: number | null
  /** Remarks for people, one line each. */
  notes: string[]
  /** Lines of evidence for an error, such as the tail of a failed input's log; sanitised. */
  details: string[]
}

/** Where a run is written down. Nothing here throws: a full disk must not end a run that is measuring. */
export interface RunRecorder {
  /** Appends to the journal. */
  event(event: RunEvent): void
  /** Makes the folder of an attempt. */
  attempt(instance: string, attempt: number): AttemptFiles
}

/** The files of one attempt in the run's folder. */
export interface AttemptFiles {
  /** Relative to the run's folder. */
  folder: string
  /** Absolute. */
  path: string
  /** Raw bytes as received. */
  log(bytes: Uint8Array): void
  /** A rendered and sanitised line. */
  console(node: string, text: string): void
  close(): void
}
