import type { Assertion } from './assertion.ts'
import type { LogEvent } from './log-event.ts'
import type { Accelerator, CheckKind, Execution, Outcome, StopSignal } from './outcome.ts'
import type { Needs, SkipKind } from './plan.ts'
import type { QuarantineEntry } from './quarantine.ts'
import type { AttemptStage, ConsoleTail, Failure, NodeReport, Resumption, RunInfo } from './report.ts'

/** The facts about an instance that reports show. */
export interface PlannedInstance {
  instance: string
  check: string
  kind: CheckKind
  profile: string | null
  accelerator: Accelerator | null
  tags: string[]
  system: string | null
  derivation: string | null
  /** Absolute path of the file that holds its script; absent for checks of kind `nixos`. */
  suiteFile?: string
  /** It was named on the command line (decides exit code 5). */
  namedExplicitly: boolean
  /** What its attempts hold of the budget; older journals do not tell. */
  needs?: Needs
  /** Known failures that do not fail the run. */
  quarantine?: QuarantineEntry[]
}

/** A selected check, under a profile or none. */
export interface SelectedName {
  name: string
  kind: CheckKind
  profile: string | null
  /** It was named on the command line in full. */
  namedExplicitly: boolean
}

export type { AttemptStage } from './report.ts'

/**
 * The journal: one JSON object a line in `events.ndjson`, from which every report can be rebuilt.
 * `at` is ISO 8601 with milliseconds.
 */
export type RunEvent = { at: string } & (
  | { type: 'runStarted'; schema: 1; run: RunInfo }
  /** What the run is about, before anything of it was evaluated. */
  | { type: 'checksSelected'; checks: SelectedName[] }
  /** The run was cut off, and goes on: what has no verdict yet is planned again. */
  | ({ type: 'runResumed' } & Omit<Resumption, 'at'>)
  | ({ type: 'instancePlanned' } & PlannedInstance)
  | {
      type: 'instanceSkipped'
      instance: string
      kind: SkipKind
      reason: string
      execution: Execution
      /** Assertions of an earlier run, read from the stored log of a cached result. */
      earlier: Assertion[]
    }
  /** The check could not even be attempted: evaluation, inputs, host. */
  | { type: 'instanceErrored'; instance: string; failure: Failure; details: string[] }
  | { type: 'attemptStarted'; instance: string; attempt: number; folder: string }
  | { type: 'attemptStaged'; instance: string; attempt: number; stage: AttemptStage }
  | { type: 'attemptLogged'; instance: string; attempt: number; event: LogEvent }
  | {
      type: 'attemptEnded'
      instance: string
      attempt: number
      outcome: Outcome
      execution: Execution
      accelerator: Accelerator | null
      /** Time of the build alone, without inputs and waiting. */
      seconds: number | null
      failure: Failure | null
      nodes: NodeReport[]
      notes: string[]
      consoles: ConsoleTail[]
      /** Lines of evidence for an error, such as the tail of a failed input's log; sanitised. */
      details?: string[]
    }
  | { type: 'runInterrupted'; signal: StopSignal }
  | { type: 'runEnded'; seconds: number; exitCode: number }
)

type WithoutTime<E> = E extends RunEvent ? Omit<E, 'at'> : never

/** An event before the dispatcher stamped it. */
export type UnstampedRunEvent = WithoutTime<RunEvent>
