import type { Assertion } from '../model/assertion.ts'
import type { CheckReport, ConsoleTail, Failure, NodeReport } from '../model/report.ts'
import { formatSeconds } from '../model/units.ts'
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
  /** For the known patterns that were seen on their consoles. */
  nodes: NodeReport[]
  notes: string[]
}

/** Nothing told yet. */
export const noStory: FailureStory = {
  assertion: null,
  failure: null,
  consoles: [],
  details: [],
  nodes: [],
  notes: [],
}

/** What a report tells about why its check did not pass. */
export function storyOf(check: CheckReport): FailureStory {
  const { failure, consoles, details, nodes, notes } = check
  return { assertion: failedAssertion(check.assertions, failure), failure, consoles, details, nodes, notes }
}

/** How much of each part is shown, in lines. */
export interface FailureLimits {
  output: number
  console: number
}

/** A failure told completely: where, what, why, output, script line, consoles. Lines without indent. */
export function failureLines(story: FailureStory, limits: FailureLimits, style: Style): string[] {
  const { assertion, failure } = story
  const message = safeLines(failure ? messageOf(failure) : (assertion?.message ?? ''))
  return [
    ...(assertion ? whereLines(assertion, message.join('\n'), style) : []),
    ...message.map((line) => style.bad(line)),
    ...part('output', tail(safeLines(assertion?.output ?? ''), limits.output), style),
    ...part('script', (failure?.traceback ?? []).flatMap(safeLines), style),
    ...part('details', tail(story.details.flatMap(safeLines), limits.output), style),
    ...story.nodes.flatMap(symptomLines),
    ...consoleLines(story, limits.console, style),
    ...story.notes.map((note) => `note: ${oneLine(note)}`),
  ]
}

function symptomLines({ name, symptoms }: NodeReport): string[] {
  return symptoms.length === 0 ? [] : [`seen on ${oneLine(name)}: ${symptoms.map(oneLine).join(', ')}`]
}

/** The node that failed first and longest: a cluster has several, and each would fill the screen. */
function consoleLines({ assertion, failure, consoles }: FailureStory, limit: number, style: Style): string[] {
  const culprit = failure?.node ?? assertion?.node ?? null
  const first = consoles.filter(({ node }) => culprit === null || node === culprit)
  const others = consoles.filter((console) => !first.includes(console))
  const shown = (tails: ConsoleTail[], lines: number) =>
    tails.flatMap((console) =>
      part(`${oneLine(console.node)} console`, tail(console.lines.flatMap(safeLines), lines), style),
    )
  return [...shown(first, limit), ...shown(others, Math.ceil(limit / 3))]
}

/** A dead node shows in the script as some error of Python's. */
function messageOf({ kind, message, node }: NonNullable<FailureStory['failure']>): string {
  if (kind !== 'node-died' || message === '' || /died|panic|crash|killed/i.test(message)) return message
  return `${node ?? 'a node'} died: ${message}`
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

/** A gutter marks what others printed, so that it cannot pass for ours. */
function part(title: string, lines: string[], style: Style): string[] {
  if (lines.length === 0) return []
  return [style.dim(title), ...lines.map((line) => `${style.dim('  │')} ${line}`.trimEnd())]
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
