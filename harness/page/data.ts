import type { Assertion } from '../model/assertion.ts'
import type { Accelerator, AssertionOutcome, Outcome } from '../model/outcome.ts'
import type { CheckReport, RunInfo } from '../model/report.ts'
import type { SweepReport } from '../model/sweep.ts'
import type { CheckTrend } from '../trends/check-trend.ts'

/*
 * What is embedded in index.html, between `reporters/html` that writes it and this program that shows it. Each part is
 * the text of a script element that is no script; what is big is read only when it is looked at.
 */

/** Ids of the elements. N counts checks, L logs and S a log's segments, from 0. */
export const elementIds = {
  /** `PageData` as JSON. */
  page: 'page-data',
  /** `CheckDetails` as JSON. */
  check: (n: number) => `check-${n}`,
  /** `LogIndex` as JSON, behind the log's segments. */
  log: (l: number) => `log-${l}`,
  /** UTF-8, compressed with gzip, in base64. */
  segment: (l: number, s: number) => `log-${l}-${s}`,
}

/** What the page knows from the start. */
export interface PageData {
  run: RunInfo
  /** What the exit code means. */
  ending: string
  /** In the order of the report. */
  checks: CheckSummary[]
  sweep: SweepReport | null
  /** By check and profile; of what was known when the run ended, this run included. */
  history: SeriesHistory[]
}

/** How many assertions came to what; `caught` ones failed and the script went on. */
export type Tallies = Record<AssertionOutcome | 'caught', number>

/** What only a check's own view needs. */
type Detail = 'assertions' | 'consoles' | 'details' | 'diagnosis' | 'symptoms' | 'attachments' | 'metrics'

/** A check as the lists show it. */
export interface CheckSummary extends Omit<CheckReport, Detail> {
  /** `NAME` or `NAME@PROFILE`. */
  title: string
  tallies: Tallies
  /** Why it did not pass, for people; null when it did, or nothing tells. */
  why: string | null
  /** The assertion that its failure names. */
  failedAssertion: Pick<Assertion, 'kind' | 'node' | 'phase' | 'path' | 'text'> | null
  /** Since when it fails; null when it does not, or nothing tells. */
  standing: Standing | null
  /** The command that attempts it once more. */
  again: string
  /** One for each attempt, oldest first; an attempt without a folder has none. */
  logs: AttemptLog[]
}

/** What past runs say about a failure, as far back as the page knows. */
export type Standing =
  /** @property passes runs before this one in a row */
  | { type: 'new'; passes: number }
  /** @property runs in a row, this one included @property since ISO 8601, when the first of them ended */
  | { type: 'known'; runs: number; since: string }

/** The driver's log of an attempt. */
export interface AttemptLog {
  /** 1-based. */
  attempt: number
  outcome: Outcome
  /** Why it did not pass, for people; null when nothing tells. */
  why: string | null
  seconds: number | null
  /** From the page's folder, such as `boot/attempt-1/driver.log`, as a URL; null when there is no such file. */
  href: string | null
  bytes: number
  /** Its L in `elementIds`; null when nothing of it is embedded. */
  embedded: number | null
}

/** What a check's own view shows beside its summary. */
export interface CheckDetails extends Omit<Pick<CheckReport, Detail>, 'attachments'> {
  attachments: Attachment[]
}

/** A file that the script named. */
export interface Attachment {
  /** As the script named it. */
  name: string
  /** From the page's folder, as a URL; null when it is not among the run's files. */
  href: string | null
  isImage: boolean
}

/** A log's lines, in the order of the file. */
export interface LogIndex {
  /** Of the whole file. */
  bytes: number
  lines: number
  segments: LogSegment[]
  /** Why it could not be read to its end, when it could not. */
  problem?: string
}

/** Consecutive whole lines. */
export interface LogSegment {
  /** 1-based line of the file with which it begins. */
  line: number
  lines: number
  /** Whether its text is embedded; else it stands in the file only. */
  embedded: boolean
}

/** Past attempts of a check under a profile. */
export interface SeriesHistory {
  check: string
  profile: string | null
  trend: CheckTrend
  /** The newest ones, oldest first. */
  points: HistoryPoint[]
}

/** One attempt of the past. */
export interface HistoryPoint {
  run: string
  /** ISO 8601, when it ended. */
  at: string
  attempt: number
  outcome: Outcome
  seconds: number | null
  accelerator: Accelerator | null
}
