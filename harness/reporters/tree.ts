import type { Assertion } from '../model/assertion.ts'
import type { CheckReport } from '../model/report.ts'
import { formatSeconds } from '../model/units.ts'
import { columnsOf, pad } from './columns.ts'
import { type FailurePage, failureLines, storyOf } from './failure-lines.ts'
import { inertLine, oneLine } from './safe-text.ts'
import { assertionLooks, createStyle, outcomeLooks, type Style } from './style.ts'
import { checkTitle, countAssertions, howItRan, placeOf, quarantineText, tallyOf } from './wording.ts'

/** What a tree is drawn on. */
export interface TreeOptions {
  color: boolean
  /** Columns of the terminal; Infinity when the output is not one: then nothing is cut. */
  width: number
  /** false: only the heads of checks, and why they did not pass. */
  assertions?: boolean
}

const failureSize = { output: 40, console: 15 }

/** Checks with their assertions as an indented tree, each followed by its failure told completely. */
export function formatTree(checks: CheckReport[], options: TreeOptions): string {
  const style = createStyle(options.color)
  return checks.map((check) => `${checkLines(check, options, style).map(inertLine).join('\n')}\n`).join('\n')
}

function checkLines(check: CheckReport, { width, assertions = true }: TreeOptions, style: Style): string[] {
  return [
    ...headLines(check, style),
    ...(assertions ? [...treeLines(check.assertions, width, style), ...metricLines(check)] : []),
    ...closingLines(check, { ...failureSize, width: width - 2, style }),
  ]
}

function headLines(check: CheckReport, style: Style): string[] {
  const look = outcomeLooks[check.outcome]
  const facts = [
    look.words,
    ...(check.flaky ? ['flaky'] : []),
    ...quarantineText(check),
    ...howItRan(check),
    ...countAssertions(check.assertions.map(tallyOf)),
  ]
  const title = `${look.mark} ${checkTitle(check)}`
  const source = check.source === undefined || check.name === null ? [] : [style.dim(oneLine(check.source))]
  return [...source, `${style[look.tone](title)}  ${facts.join(' · ')}`]
}

function treeLines(assertions: Assertion[], width: number, style: Style): string[] {
  const columns = {
    node: widest(assertions, ({ node }) => oneLine(node ?? ''), 20),
    kind: widest(assertions, ({ kind }) => kind, 24),
  }
  const lines: string[] = []
  let phase: string | null = null
  for (const assertion of assertions) {
    if (assertion.phase !== phase) {
      phase = assertion.phase
      if (phase !== null) lines.push(`  ${style.bold(oneLine(phase))}`)
    }
    lines.push(assertionLine(assertion, columns, { width, style }))
    if (assertion.outcome === 'failed' && assertion.message !== null && assertion.caught) {
      lines.push(style.dim(`${indentOf(assertion)}  caught by the script: ${oneLine(assertion.message)}`))
    }
  }
  return lines
}

function widest(assertions: Assertion[], text: (assertion: Assertion) => string, limit: number): number {
  let columns = 0
  for (const assertion of assertions) columns = Math.max(columns, columnsOf(text(assertion)))
  return Math.min(limit, columns)
}

function indentOf(assertion: Assertion): string {
  return '  '.repeat(1 + placeOf(assertion).length)
}

function assertionLine(
  assertion: Assertion,
  columns: { node: number; kind: number },
  { width, style }: { width: number; style: Style },
): string {
  const { mark, tone } = assertionLooks[assertion.outcome]
  const look = assertion.caught ? 'warn' : tone
  const time = assertion.seconds === null ? '' : formatSeconds(assertion.seconds)
  const isSubtest = assertion.kind === 'subtest'
  const before = isSubtest
    ? ''
    : `${pad(oneLine(assertion.node ?? ''), columns.node)} ${pad(oneLine(assertion.kind), columns.kind)} `
  const room = width - columnsOf(indentOf(assertion)) - 2 - columnsOf(before) - (time ? time.length + 2 : 0)
  const demanded = oneLine(assertion.text)
  const text = Number.isFinite(width) ? pad(demanded, Math.max(8, room)) : demanded
  const timed = time ? `  ${style.dim(time)}` : ''
  const body = isSubtest ? style.bold(text) : `${style.dim(before)}${text}`
  return `${indentOf(assertion)}${style[look](mark)} ${body}${timed}`.trimEnd()
}

function metricLines(check: CheckReport): string[] {
  return check.metrics.map(
    ({ name, value, unit, node }) =>
      `  metric ${oneLine(`${name} = ${value} ${unit}${node === null ? '' : ` (${node})`}`)}`,
  )
}

/** Why it did not pass, and remarks. */
function closingLines(check: CheckReport, page: FailurePage): string[] {
  const story = storyOf(check)
  const lines = failureLines({ ...story, notes: [] }, page)
  const reason = check.reason === null ? [] : [`reason: ${oneLine(check.reason)}`]
  const notes = check.notes.map((note) => `note: ${oneLine(note)}`)
  const failure = check.failure === null ? [] : ['', ...lines]
  return [...failure, ...reason, ...notes].map((line) => (line === '' ? '' : `  ${line}`))
}
