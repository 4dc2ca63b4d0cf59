import type { Assertion, AssertionKind } from './assertion.ts'
import type { Accelerator, CheckKind, Execution, Outcome, StopSignal } from './outcome.ts'
import type { Budget, Needs, SkipKind } from './plan.ts'
import type { QuarantineEntry } from './quarantine.ts'
import type { SelectedName } from './run-event.ts'
import type { SweepInfo, SweepReport } from './sweep.ts'

/** The assertion's kind, or what else made the check fail. */
export type FailureKind = AssertionKind | 'timeout' | 'node-died' | 'build' | 'evaluation' | 'host'

/** Why a check did not pass. */
export interface Failure {
  /** Index into the assertions. */
  assertion: number | null
  node: string | null
  kind: FailureKind
  /** One line, as a person would name it. */
  message: string
  /** Frames of the test script only, innermost last. */
  traceback: string[]
}

/** What the log told of one VM. */
export interface NodeReport {
  name: string
  consoleLines: number
  booted: boolean
  /** Ids of known patterns seen on its console, such as `kernel-panic`. */
  symptoms: string[]
}

/** The first line in which a known pattern was seen on one console; `node` is null for the driver's own lines. */
export interface SymptomSighting {
  symptom: string
  node: string | null
  line: number
  text: string
}

/** A value that the script recorded with `vmproof:metric`. */
export interface Metric {
  name: string
  value: number
  unit: string
  node: string | null
}

/** A log line that speaks for a diagnosis. */
export interface Evidence {
  line: number
  node: string | null
  text: string
}

/** Symptoms weighed into a cause. */
export interface Diagnosis {
  id: string
  title: string
  confidence: 'high' | 'medium' | 'low'
  advice: string
  evidence: Evidence[]
}

/** The last console lines of a node at the moment of a failure, sanitised. */
export interface ConsoleTail {
  node: string
  lines: string[]
}

/** Where an attempt stands before its script runs. */
export type AttemptStage = 'realising-inputs' | 'waiting-for-lock' | 'building' | 'running'

/** When an attempt did what. Times are ISO 8601; null where no journal tells. */
export interface AttemptTimes {
  startedAt: string | null
  /** Of one that was cut off: its last sign of life. */
  endedAt: string | null
  /** When each stage began, in order; empty where none is told. */
  stages: { stage: AttemptStage; at: string }[]
  /** Id of the run it belongs to; only in a merged report. */
  run?: string
}

/** An attempt that another one of the same instance followed. */
export interface EarlierAttempt extends AttemptTimes {
  /** 1-based. */
  attempt: number
  outcome: Outcome
  failure: Failure | null
  seconds: number | null
  /** Folder of the attempt, relative to the run's folder. */
  folder: string | null
}

/** The result of one check, as `run.json` and `parse --format json` carry it; the times are its last attempt's. */
export interface CheckReport extends AttemptTimes {
  /** parse only: the file as named on the command line, `-` for standard input. */
  source?: string
  name: string | null
  kind: CheckKind | null
  profile: string | null
  accelerator: Accelerator | null
  outcome: Outcome
  execution: Execution
  seconds: number | null
  attempts: number
  flaky: boolean
  /** Covers all that failed in it: the failure does not fail the run. null when nothing failed, or more. */
  quarantine: QuarantineEntry | null
  assertions: Assertion[]
  failure: Failure | null
  nodes: NodeReport[]
  diagnosis: Diagnosis[]
  metrics: Metric[]
  /** Beyond the contract: remarks for people, such as `output differs between builds`. */
  notes: string[]
  /** Why it was skipped, one line; null when it was not. */
  reason: string | null
  /** The kind of that reason; null when it was not skipped. */
  skip: SkipKind | null
  /** It was named on the command line (decides exit code 5). */
  namedExplicitly: boolean
  tags: string[]
  system: string | null
  /** Store path of the derivation. */
  derivation: string | null
  /** Absolute path, on the machine that ran it, of the file that holds its script; absent for kind `nixos`. */
  suiteFile?: string
  /** What its attempts held of the budget, from the start of the first to the end of the last; null: not told. */
  needs: Needs | null
  /** What the consoles said last, when it did not pass. */
  consoles: ConsoleTail[]
  /** Lines of evidence for an error, such as Nix's words; sanitised. */
  details: string[]
  /** Where known patterns were first seen. */
  symptoms: SymptomSighting[]
  /** Files in the output that the script named with `vmproof:attach`. */
  attachments: string[]
  /** The attempts before the last one, oldest first. */
  earlier: EarlierAttempt[]
  /** Folder of the last attempt, relative to the run's folder. */
  folder: string | null
}

/** A run that was cut off went on. */
export interface Resumption {
  /** ISO 8601. */
  at: string
  /** Name of the machine on which it went on. */
  host: string
  vmproofVersion: string
  command: string[]
  strict: boolean
  /** What its attempts could hold from then on. */
  budget?: Budget
  /** How long the run had gone on before, without the time in between. */
  secondsBefore: number
}

/** A run that became part of a merged one, with what it says of its attempts' surroundings. */
export type MergedRun = Pick<RunInfo, 'id' | 'startedAt' | 'endedAt' | 'host' | 'budget' | 'resumptions'>

/** Which part of what was selected a run is. */
export interface ShardInfo {
  /** 1-based. */
  index: number
  count: number
  /** What the other parts have to run, so that a merged report misses it where they are not among its runs. */
  elsewhere: Omit<SelectedName, 'namedExplicitly'>[]
}

/** The facts about a run beside its checks. */
export interface RunInfo {
  id: string
  /** ISO 8601. */
  startedAt: string
  /** ISO 8601, null while it runs or when it was cut off. */
  endedAt: string | null
  seconds: number | null
  vmproofVersion: string
  host: { name: string; system: string; cores: number; memoryMiB: number }
  /** The command line, for people. */
  command: string[]
  interrupted: boolean
  exitCode: number | null
  /** What interrupted it. */
  signal?: StopSignal | null
  /** `--strict` was given (decides exit code 5). */
  strict?: boolean
  /** What its attempts together could hold when it started; absent in a merged run. */
  budget?: Budget
  /** Absent when it was all that was selected, and in a merged run. */
  shard?: ShardInfo
  /** What it varied; absent when it was no sweep. */
  sweep?: SweepInfo
  /** When it was cut off and went on, oldest first. */
  resumptions?: Resumption[]
  /** Ids of the runs it was merged from, oldest first. */
  mergedFrom?: string[]
  /** The same runs with their hosts and budgets. */
  parts?: MergedRun[]
}

/** `run.json`. */
export interface RunReport {
  schema: 1
  run: RunInfo
  checks: CheckReport[]
  /** What `sweep.json` holds, for a sweep. */
  sweep?: SweepReport
}
