import { type JunitGranularity, junitGranularities } from '../model/run-defaults.ts'
import { buildJunit, type JunitInput } from './junit-build.ts'
import { type AttemptPaths, type AttemptPlace, type Detail, details, roughSizes } from './junit-limits.ts'

/** How much of a run is told, and where its files are. */
export interface JunitOptions {
  granularity: JunitGranularity
  /** What there is of an attempt, by paths for people and CI; default: its log, from the run's folder. */
  paths?: (attempt: AttemptPlace) => AttemptPaths
  /** In bytes; default: `junitSizeLimit`. */
  sizeLimit?: number
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

/**
 * JUnit XML for GitLab, Jenkins and the GitHub reporters: a suite per check sorted by name, its cases in the order in
 * which they began. A report that would be too large tells less: first shorter texts, then shorter names, then fewer
 * cases; what changes names is told in a case of its own, because the history of cases goes by them. What is too large
 * even so is written all the same: valid and complete, it says more than nothing.
 */
export function junitDocument(input: JunitInput, options: JunitOptions): JunitDocument {
  const { granularity, paths = logOf, sizeLimit = junitSizeLimit } = options
  const ways = [...waysOf(input, granularity)]
  const last = ways.at(-1) as Way
  for (const way of ways) {
    if (way !== last && way.roughSize > sizeLimit) continue
    const notice = noticeOf(way, granularity, sizeLimit)
    const limit = way === last ? Number.POSITIVE_INFINITY : sizeLimit
    const built = buildJunit(input, { ...way, notice, paths, limit })
    if (built) return { pieces: built.pieces, remarks: remarksOf(way, { notice, sizeLimit, ...built }) }
  }
  throw new Error('the last way has no limit')
}

/** The same as one text. */
export function formatJunit(input: JunitInput, options: JunitOptions = { granularity: 'assertion' }): string {
  return junitDocument(input, options).pieces.join('')
}

/** One way to tell a run. */
interface Way {
  granularity: JunitGranularity
  detail: Detail
  /** In bytes. */
  roughSize: number
}

/** From what was asked for to what is told at least. */
function* waysOf({ checks }: JunitInput, asked: JunitGranularity): Generator<Way> {
  for (const granularity of junitGranularities.slice(junitGranularities.indexOf(asked))) {
    const sizes = roughSizes(checks, granularity)
    for (const [at, detail] of details.entries()) yield { granularity, detail, roughSize: sizes[at] ?? 0 }
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e5) / 10} MB`

/** What a person has to know of a report whose cases are not those that were asked for. */
function noticeOf({ granularity, detail }: Way, asked: JunitGranularity, sizeLimit: number): string | null {
  const why = `with more it would be larger than ${megabytes(sizeLimit)}`
  if (granularity !== asked) return `this report has a case per ${granularity}, not per ${asked}: ${why}`
  return detail.isLeast ? `this report has shorter names of cases than others: ${why}` : null
}

interface Outcome {
  notice: string | null
  bytes: number
  sizeLimit: number
}

function remarksOf({ detail }: Way, { notice, bytes, sizeLimit }: Outcome): string[] {
  const cut = detail === details[0] ? [] : [`long outputs are cut, to stay below ${megabytes(sizeLimit)}`]
  return [
    ...(notice === null ? cut : [`${notice}; --junit-granularity chooses once for all`]),
    ...(bytes <= sizeLimit ? [] : [`the report has ${megabytes(bytes)}; GitLab takes none of 30 MB or more`]),
  ]
}

function logOf({ folder }: AttemptPlace): AttemptPaths {
  return { log: folder === null ? null : `${folder}/driver.log`, attachments: [] }
}
