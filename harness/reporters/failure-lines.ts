import type { Assertion } from '../model/assertion.ts'
import type { CheckReport, ConsoleTail, Failure, SymptomSighting } from '../model/report.ts'
import { formatSeconds } from '../model/units.ts'
import { wrap } from './columns.ts'
import { oneLine, safeLines } from './safe-text.ts'
import type { Style } from './style.ts'
import { placeOf, whoAndWhat } from './wording.ts'

/** All that is known of why something did not hold. */
export interface FailureStory {
  /** What failed, when it was an assertion. */
  assertion: Assertion | null
  /** The check's verdict, when it is known already. */
  failure: Pick<Failure, 'message' | 'traceback' | 'node' | 'kind'> | null
  consoles: ConsoleTail[]
  details: string[]
  symptoms: SymptomSighting[]
  notes: string[]
}

/** Nothing told yet. */
export const noStory: FailureStory = {
  assertion: null,
  failure: null,
  consoles: [],
  details: [],
  symptoms: [],
  notes: [],
}

/** What a report tells about why its check did not pass. */
export function storyOf(check: CheckReport): FailureStory {
  const { failure, consoles, details, symptoms, notes } = check
  return {
    assertion: failedAssertion(check.assertions, failure),
    failure,
    consoles,
    details,
    symptoms,
    notes,
  }
}

/** What a story is told on. */
export interface FailurePage {
  style: Style
  /** How much of an output and of a console is shown, in lines. */
  output: number
  console: number
  /** Columns for a line; what others printed goes on below. Infinity where nobody wraps. */
  width: number
}

/** A failure told completely: where, what, why, output, script line, consoles. Lines without indent. */
export function failureLines(story: FailureStory, page: FailurePage): string[] {
  const { assertion, failure } = story
  const message = safeLines(failure ? messageOf(failure, story.symptoms) : (assertion?.message ?? ''))
  return [
    ...(assertion ? whereLines(assertion, message.join('\n'), page.style) : []),
    ...message.map((line) => page.style.bad(line)),
    ...quote('output', tail(safeLines(assertion?.output ?? ''), page.output), page),
    ...quote('script', (failure?.traceback ?? []).flatMap(safeLines), page),
    ...quote('details', detailLines(story, page.output), page),
    ...story.symptoms.map(symptomLine),
    ...consoleLines(story, page),
    ...story.notes.map((note) => `note: ${oneLine(note)}`),
  ]
}

/** Evaluation errors begin with what matters and go on with the trace to it; of a log the end matters. */
function detailLines({ details, failure }: FailureStory, limit: number): string[] {
  const lines = details.flatMap(safeLines)
  return failure?.kind === 'evaluation' ? head(lines, limit) : tail(lines, limit)
}

function symptomLine({ symptom, node, line, text }: SymptomSighting): string {
  const where = node === null ? 'the driver' : oneLine(node)
  return `seen on ${where}: ${oneLine(symptom)}: ${oneLine(text)} (log line ${line})`
}

/** The node that failed first and longest: a cluster has several, and each would fill the screen. */
function consoleLines({ assertion, failure, consoles }: FailureStory, page: FailurePage): string[] {
  const culprit = failure?.node ?? assertion?.node ?? null
  const first = consoles.filter(({ node }) => culprit === null || node === culprit)
  const others = consoles.filter((console) => !first.includes(console))
  const shown = (tails: ConsoleTail[], lines: number) =>
    tails.flatMap((console) =>
      quote(`${oneLine(console.node)} console`, tail(console.lines.flatMap(safeLines), lines), page),
    )
  return [...shown(first, page.console), ...shown(others, Math.ceil(page.console / 3))]
}

/**
 * What failed, in words. A dead node shows in the script as some error of Python's, such as `[Errno 32] Broken pipe`: the
 * last words of its kernel say more.
 */
export function messageOf(
  { kind, message, node }: Pick<Failure, 'kind' | 'message' | 'node'>,
  symptoms: readonly SymptomSighting[] = [],
): string {
  if (kind !== 'node-died') return message
  const panic = symptoms.find((seen) => seen.symptom === 'kernel-panic' && (!node || seen.node === node))
  if (panic) return `${panic.node ?? node ?? 'a node'} died: ${afterKernelClock(panic.text)}`
  if (message === '' || /died|panic|crash|killed/i.test(message)) return message
  return `${node ?? 'a node'} died: ${message}`
}

/** `[    2.341955] Kernel panic - not syncing: …` without when it was. */
function afterKernelClock(text: string): string {
  return text.replace(/^\s*\[\s*\d+\.\d+\]\s*/, '')
}

function whereLines(assertion: Assertion, message: string, style: Style): string[] {
  const time = assertion.seconds === null ? '' : `, ${formatSeconds(assertion.seconds)}`
  const text = safeLines(assertion.text)
  const told = text.length === 1 && message.includes(text[0] ?? '')
  const place = placeOf(assertion)
  return [
    ...(place.length > 0 ? [style.bold(place.join(' › '))] : []),
    `${whoAndWhat(assertion)} ${style.dim(`(log line ${assertion.line}${time})`)}`,
    ...(told ? [] : text.map((line) => `  ${line}`)),
  ]
}

const gutter = '  │'

/** A gutter marks what others printed, so that it cannot pass for ours. */
function quote(title: string, lines: string[], { style, width }: FailurePage): string[] {
  if (lines.length === 0) return []
  const room = Math.max(20, width - gutter.length - 1)
  const rows = lines.flatMap((line) => wrap(line, room))
  return [style.dim(title), ...rows.map((row) => `${style.dim(gutter)} ${row}`.trimEnd())]
}

/** The first lines, with a word on how many were left out. */
function head(lines: string[], limit: number): string[] {
  if (lines.length <= limit) return lines
  const left = lines.length - limit
  return [...lines.slice(0, limit), `… ${left} more ${left === 1 ? 'line' : 'lines'}`]
}

/** The last lines, with a word on how many were left out. */
export function tail(lines: string[], limit: number): string[] {
  if (lines.length <= limit) return lines
  const left = lines.length - limit
  return [`… ${left} earlier ${left === 1 ? 'line' : 'lines'}`, ...lines.slice(-limit)]
}

/** The assertion that a failure names. */
export function failedAssertion(assertions: Assertion[], failure: Failure | null): Assertion | null {
  return failure === null || failure.assertion === null ? null : (assertions[failure.assertion] ?? null)
}
