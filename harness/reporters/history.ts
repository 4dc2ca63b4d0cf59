import { formatSeconds } from '../model/units.ts'
import type { CheckTrend } from '../trends/check-trend.ts'
import { columnsOf, pad } from './columns.ts'
import { oneLine } from './safe-text.ts'
import { createStyle, outcomeLooks, type Style } from './style.ts'

/** How a history is shown. */
export interface HistoryTextOptions {
  color: boolean
}

/** What `history --json` prints: rates as fractions, durations in seconds. */
export function formatHistoryJson(trends: readonly CheckTrend[]): string {
  return `${JSON.stringify({ schema: 1, checks: trends }, null, 2)}\n`
}

/** A row for each check and profile, and below it the last failure. */
export function formatHistory(trends: readonly CheckTrend[], { color }: HistoryTextOptions): string {
  const style = createStyle(color)
  const rows = trends.map((trend) => [
    nameOf(trend),
    rateOf(trend),
    flakinessOf(trend),
    durationOf(trend),
    marksOf(trend),
  ])
  const header = ['CHECK', 'PASSED', 'FLAKY', 'DURATION', 'NEWEST RIGHT']
  const widths = header.map((title, at) =>
    Math.max(...[title, ...rows.map((row) => row[at] ?? '')].map(columnsOf)),
  )
  const line = (cells: string[]) =>
    cells
      .map((cell, at) => pad(cell, widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return [
    style.bold(line(header)),
    ...trends.flatMap((trend, at) => [line(rows[at] ?? []), ...lastFailureOf(trend, style)]),
    '',
  ].join('\n')
}

function nameOf({ check, profile }: CheckTrend): string {
  return oneLine(profile === null ? check : `${check}@${profile}`)
}

/** `11 of 12, 65-99 %` */
function rateOf({ passed, verdicts, passRateInterval: [from, to], errored }: CheckTrend): string {
  const broken = errored === 0 ? '' : `, ${errored} errored`
  if (verdicts === 0) return `no verdict${broken}`
  return `${passed} of ${verdicts}, ${Math.round(from * 100)}-${Math.round(to * 100)} %${broken}`
}

function flakinessOf({ flakiness: { score, proven } }: CheckTrend): string {
  if (score === 0 && !proven) return 'no'
  return `${score.toFixed(2)}${proven ? ', proven' : ''}`
}

function durationOf({ duration: { median, ratio, direction } }: CheckTrend): string {
  if (median === null) return ''
  const isTold = direction === 'slower' || direction === 'faster'
  const trend = isTold && ratio !== null ? `, ${direction} (×${ratio.toFixed(2)})` : ''
  return `${formatSeconds(median)}${trend}`
}

function marksOf({ recent }: CheckTrend): string {
  return recent.map((outcome) => outcomeLooks[outcome].mark).join('')
}

function lastFailureOf({ lastFailure }: CheckTrend, style: Style): string[] {
  if (!lastFailure) return []
  const { at, failure, outcome } = lastFailure
  const where = failure?.node ? `${failure.node}: ` : ''
  const what = failure ? `${where}${failure.message}` : outcomeLooks[outcome].words
  const { assertion = null } = failure ?? {}
  const demanded = assertion === null || what.includes(assertion) ? '' : ` (${oneLine(assertion)})`
  return [style.dim(`  last failure ${at.slice(0, 16).replace('T', ' ')} UTC: ${oneLine(what)}${demanded}`)]
}
