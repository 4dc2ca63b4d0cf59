import type { Outcome } from './outcome.ts'
import type { Metric } from './report.ts'

/** What a link's constraint can be searched for. */
export const knobs = ['loss', 'delay', 'jitter', 'rate'] as const
/** One of `knobs`. */
export type Knob = (typeof knobs)[number]

/** Where to look for the value of a knob at which a check stops passing. Values in percent, milliseconds or kbit/s. */
export interface SearchQuestion {
  knob: Knob
  /** The smaller end of the range. */
  from: number
  to: number
  /** Attempts that came to a verdict, at each value. */
  repeat: number
  /** At most so many values. */
  points: number
}

/** What a run varies, as its head tells. */
export type SweepInfo =
  /** `against`: the run that `--against` named; null: the newest earlier sweep. */
  | { type: 'profiles'; profiles: string[]; against: string | null }
  | { type: 'search'; question: SearchQuestion }

/** What an exact rank-sum test says about a value of a cell and those of earlier runs. */
export interface CellDrift {
  direction: 'higher' | 'lower' | 'steady'
  /** Median of the newest few over the median of those before; null when those were zero. */
  ratio: number | null
  /** Probability of such a difference in this direction if nothing had changed. */
  chance: number
}

/**
 * How a cell's outcome compares with the sweep before. `no-verdict`: one of both neither passed nor failed.
 * `new`: the sweep before had no such cell.
 */
export type OutcomeChange = 'new' | 'newly-failing' | 'newly-passing' | 'same' | 'no-verdict'

/** A metric of a cell; the median where the check measured it several times. */
export interface CellMetric extends Metric {
  /** null: too little is known to tell. */
  drift: CellDrift | null
}

/** A check under a profile. */
export interface SweepCell {
  check: string
  /** null: none. */
  profile: string | null
  outcome: Outcome
  flaky: boolean
  /** Why it was skipped, one line. */
  reason: string | null
  seconds: number | null
  /** Its time over that of the check's baseline cell; null for that one itself, and when one of both did not pass. */
  slowdown: number | null
  metrics: CellMetric[]
  /** null: there is no sweep to compare with. */
  change: OutcomeChange | null
  /** Of its time; null: too little is known to tell. */
  drift: CellDrift | null
  /** Attempts that the test of its time compared, this run's included. */
  known: number
}

/** How the test of drifts is made, for whoever reads the file. */
export interface DriftTest {
  name: 'exact rank-sum test (Wilcoxon-Mann-Whitney), one-sided, each way'
  level: number
  /** So many of the newest attempts are held against those before them. */
  newest: number
  /** With fewer attempts that passed nothing is claimed. */
  leastAttempts: number
}

/** `sweep.json` of checks × profiles. */
export interface MatrixReport {
  schema: 1
  type: 'profiles'
  run: string
  /** Id of the sweep before, which changes are told against; null without one. */
  against: string | null
  test: DriftTest
  /** The profile that slow-downs refer to; null when the sweep has none of that name. */
  baseline: string | null
  profiles: (string | null)[]
  checks: string[]
  /** By check, then profile; a check that is not meant for a profile has no cell there. */
  cells: SweepCell[]
}

/** What the attempts at one value came to. */
export interface SearchPoint {
  value: number
  passed: number
  failed: number
  /** Attempts that the infrastructure broke; they say nothing about the value, and were repeated. */
  errored: number
  /** null: not attempted often enough to tell. */
  passes: boolean | null
  /** 95 % interval of the rate at which the check passes here (Wilson). */
  passRateInterval: [number, number]
}

/** How a search ended. Values in the question's unit; a `milder` value asks less of the check than a `harsher` one. */
export type SearchEnding =
  | { type: 'found'; milder: number; harsher: number }
  /** Also at the harshest value. */
  | { type: 'always-passes' }
  /** Not even at the mildest value. */
  | { type: 'never-passes' }
  /** The infrastructure broke every attempt at this value, so often in a row. */
  | { type: 'broken'; value: number; errors: number; message: string }
  /** The check cannot be run at this value. */
  | { type: 'impossible'; value: number; reason: string }
  /** Time was over, or the run was interrupted or killed; what was known by then, null where nothing was. */
  | { type: 'unfinished'; cutOff: boolean; milder: number | null; harsher: number | null }

/** Where a check stops passing. */
export interface SearchResult {
  check: string
  ending: SearchEnding
  /** From mild to harsh. */
  points: SearchPoint[]
  attempts: number
  /** Pairs that contradict the idea of one threshold: it failed at the milder value and passed at the harsher one. */
  contradictions: { failed: number; passed: number }[]
}

/** `sweep.json` of a threshold search. */
export interface SearchReport {
  schema: 1
  type: 'search'
  run: string
  question: SearchQuestion & { unit: string }
  results: SearchResult[]
}

/** `sweep.json`. */
export type SweepReport = MatrixReport | SearchReport
