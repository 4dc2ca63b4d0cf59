import { logLine } from './log-line.ts'
import type { LogText } from './log-text.ts'
import { withoutCodes } from './sgr.ts'

/** Which lines are wanted. */
export interface LogQuery {
  /** Sought as it is, but for upper and lower case; empty: any text. */
  text: string
  /** Names of the check's VMs. */
  nodes: ReadonlySet<string>
  /** Whose lines are wanted; null is the driver. None: everybody's. */
  speakers: ReadonlySet<string | null>
}

/** What was found so far. */
export interface LogFindings {
  /** What the wanted speakers said; null when all are wanted: then it is all lines. */
  shown: number[] | null
  /** Of those, the lines that hold the text; empty without a text. */
  hits: number[]
}

/** Whether a query leaves everything as it is. */
export function asksNothing({ text, speakers }: LogQuery): boolean {
  return text === '' && speakers.size === 0
}

/** Looks through a whole log segment by segment. @yields what was found so far; the arrays grow */
export async function* searchLog(log: LogText, query: LogQuery): AsyncGenerator<LogFindings> {
  const findings: LogFindings = { shown: query.speakers.size > 0 ? [] : null, hits: [] }
  const wanted = query.text.toLowerCase()
  for (const [number, { line }] of log.index.segments.entries()) {
    const lines = await log.segment(number)
    if (findings.shown === null) for (const at of linesWith(wanted, lines)) findings.hits.push(line + at)
    else addShown({ shown: findings.shown, hits: findings.hits }, { lines, line, wanted, query })
    yield findings
  }
}

/** Which lines hold a text, all of them looked through at once: that takes a tenth of the time. */
function* linesWith(wanted: string, lines: readonly string[]): Generator<number> {
  const text = withoutCodes(lines.join('\n')).toLowerCase()
  let line = 0
  let counted = 0
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, counted)) {
    for (let end = text.indexOf('\n', counted); end >= 0 && end < at; end = text.indexOf('\n', counted)) {
      line++
      counted = end + 1
    }
    yield line
    // On with the next line: a line counts once.
    const end = text.indexOf('\n', at)
    if (end < 0) return
    line++
    counted = end + 1
  }
}

interface Stretch {
  lines: readonly string[]
  /** Number of the first one. */
  line: number
  wanted: string
  query: LogQuery
}

function addShown(
  { shown, hits }: { shown: number[]; hits: number[] },
  { lines, line, wanted, query: { nodes, speakers } }: Stretch,
): void {
  for (const [at, raw] of lines.entries()) {
    if (!speakers.has(logLine(raw, nodes).node)) continue
    shown.push(line + at)
    if (wanted !== '' && withoutCodes(raw).toLowerCase().includes(wanted)) hits.push(line + at)
  }
}

/** A text cut where a query matches it. */
export function markedParts(text: string, query: string): { text: string; isHit: boolean }[] {
  if (query === '') return [{ text, isHit: false }]
  const parts: { text: string; isHit: boolean }[] = []
  const lower = text.toLowerCase()
  const wanted = query.toLowerCase()
  // Where lower case is longer than upper case, places would not match.
  if (lower.length !== text.length) return [{ text, isHit: lower.includes(wanted) }]
  let from = 0
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), isHit: false })
    parts.push({ text: text.slice(at, at + wanted.length), isHit: true })
    from = at + wanted.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), isHit: false })
  return parts
}
