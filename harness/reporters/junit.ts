import type { CheckReport } from '../model/report.ts'
import { type JunitGranularity, junitGranularities } from '../model/run-defaults.ts'
import { buildJunit, type JunitInput } from './junit-build.ts'
import { type AttemptPaths, type Detail, details, roughSize } from './junit-limits.ts'

/** How much of a run is told, and where its files are. */
export interface JunitOptions {
  granularity: JunitGranularity
  /** What there is of a check's last attempt, by paths for people and CI; default: its log, from the run's folder. */
  paths?: (check: CheckReport) => AttemptPaths
}

/** JUnit XML, and what became of it. */
export interface JunitDocument {
  /** The text; a piece is some hundred kilobytes at most, but for a single huge case. */
  pieces: string[]
  /** What people must be told of it, a line each. */
  remarks: string[]
}

/** In bytes. GitLab takes no file of 30 MB or more; this leaves room. */
export const junitSizeLimit = 20_000_000

/** From here on GitLab refuses a file. */
const refusedSize = 30_000_000

/**
 * JUnit XML for GitLab, Jenkins and the GitHub reporters: a suite per check sorted by name, its cases in the order in
 * which they began. A report that would be too large tells less: first shorter texts, then shorter names, then fewer
 * cases; what changes names is told in a case of its own, because the history of cases goes by them.
 */
export function junitDocument(input: JunitInput, options: JunitOptions): JunitDocument {
  const { granularity } = options
  for (const way of waysOf(granularity)) {
    if (roughSize(input.checks, way.granularity, way.detail) > junitSizeLimit) continue
    const notice = noticeOf(way, granularity)
    const built = buildJunit(input, { ...way, notice, paths: options.paths ?? logOf, limit: junitSizeLimit })
    if (built) return { pieces: built.pieces, remarks: remarksOf(way, notice) }
  }
  return tooLarge(input, options)
}

/** The same as one text. */
export function formatJunit(input: JunitInput, options: JunitOptions = { granularity: 'assertion' }): string {
  return junitDocument(input, options).pieces.join('')
}

/** One way to tell a run. */
interface Way {
  granularity: JunitGranularity
  detail: Detail
}

/** From what was asked for to what is told at least. */
function waysOf(asked: JunitGranularity): Way[] {
  const coarser = junitGranularities.slice(junitGranularities.indexOf(asked))
  return coarser.flatMap((granularity) => details.map((detail) => ({ granularity, detail })))
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

/** What a person has to know of a report whose cases are not those that were asked for. */
function noticeOf({ granularity, detail }: Way, asked: JunitGranularity): string | null {
  const why = `with more it would be larger than ${megabytes(junitSizeLimit)}`
  if (granularity !== asked) return `this report has a case per ${granularity}, not per ${asked}: ${why}`
  return detail.isLeast ? `this report has shorter names of cases than others: ${why}` : null
}

function remarksOf({ detail }: Way, notice: string | null): string[] {
  if (notice !== null) return [`${notice}; --junit-granularity chooses once for all`]
  return detail === details[0] ? [] : [`long outputs are cut, to stay below ${megabytes(junitSizeLimit)}`]
}

/** Valid and complete, though perhaps for no GitLab: no report at all would say less. */
function tooLarge(input: JunitInput, { granularity, paths = logOf }: JunitOptions): JunitDocument {
  const way: Way = { granularity: 'check', detail: details.at(-1) as Detail }
  const notice = noticeOf(way, granularity)
  const limit = Number.POSITIVE_INFINITY
  const { pieces = [], bytes = 0 } = buildJunit(input, { ...way, notice, paths, limit }) ?? {}
  const size = `the report has ${megabytes(bytes)}`
  const refused =
    bytes < refusedSize ? [] : [`${size}; GitLab takes none of ${megabytes(refusedSize)} or more`]
  return { pieces, remarks: [...remarksOf(way, notice), ...refused] }
}

function logOf({ folder }: CheckReport): AttemptPaths {
  return { log: folder === null ? null : `${folder}/driver.log`, attachments: [] }
}
