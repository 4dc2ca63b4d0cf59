import type { CellDrift, MatrixReport, SweepCell, SweepReport } from '../model/sweep.ts'
import { formatSeconds } from '../model/units.ts'
import { columnsOf, pad } from './columns.ts'
import { oneLine } from './safe-text.ts'
import { searchLines } from './search-text.ts'
import { outcomeLooks, type Style } from './style.ts'
import { changeMark, isTold, matrixLines, metricName, metricText } from './sweep-matrix.ts'

/** What a sweep came to, for people. @param width columns of the terminal; Infinity when there is none */
export function sweepLines(report: SweepReport, width: number, style: Style): string[] {
  switch (report.type) {
    case 'search':
      return searchLines(report, style)
    case 'profiles':
      return [
        ...matrixLines(report, width, style),
        ...changeLines(report, style),
        ...legendLines(report, style),
      ]
  }
}

/** `sweep.json`. */
export function formatSweepJson(report: SweepReport): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

/** One change of one cell: what it is called, and the numbers. */
interface Change {
  label: string
  tone: 'good' | 'bad' | 'warn' | 'dim'
  cell: string
  numbers: string
}

function changeLines({ cells, against }: MatrixReport, style: Style): string[] {
  const changes = cells.filter(isTold).flatMap(changesOf)
  if (changes.length === 0) return []
  const since = against === null ? 'changed:' : `changed since ${oneLine(against)}:`
  const labels = Math.max(...changes.map(({ label }) => columnsOf(label)))
  const names = Math.max(...changes.map(({ cell }) => columnsOf(cell)))
  return [
    '',
    since,
    ...changes.map(({ label, tone, cell, numbers }) =>
      `  ${style[tone](pad(label, labels))}  ${pad(cell, names)}  ${numbers}`.trimEnd(),
    ),
  ]
}

function titleOf({ check, profile }: Pick<SweepCell, 'check' | 'profile'>): string {
  return oneLine(profile === null ? check : `${check}@${profile}`)
}

function changesOf(cell: SweepCell): Change[] {
  const title = titleOf(cell)
  const metrics = cell.metrics.flatMap((metric): Change[] => {
    const { drift } = metric
    if (!drift || drift.direction === 'steady') return []
    const numbers = `${metricName(metric)}: ${metricText(metric)}, ${driftText(drift)}`
    return [{ label: 'changed', tone: 'warn', cell: title, numbers }]
  })
  return [...outcomeChanges(cell, title), ...durationChanges(cell, title), ...metrics]
}

function outcomeChanges({ change, outcome }: SweepCell, cell: string): Change[] {
  switch (change) {
    case 'newly-failing':
      return [{ label: 'newly failing', tone: 'bad', cell, numbers: outcomeLooks[outcome].words }]
    case 'newly-passing':
      return [{ label: 'newly passing', tone: 'good', cell, numbers: '' }]
    case 'new':
      return [{ label: 'new', tone: 'dim', cell, numbers: outcomeLooks[outcome].words }]
    default:
      return []
  }
}

function durationChanges({ drift, seconds }: SweepCell, cell: string): Change[] {
  if (!drift || drift.direction === 'steady') return []
  const slower = drift.direction === 'higher'
  const now = seconds === null ? '' : `${formatSeconds(seconds)}, `
  return [
    {
      label: slower ? 'slower' : 'faster',
      tone: slower ? 'warn' : 'good',
      cell,
      numbers: `${now}${driftText(drift)}`,
    },
  ]
}

/** `newest ×1.52 of those before (by chance: 0.8 %)` */
function driftText({ ratio, chance }: CellDrift): string {
  const times = ratio === null ? 'differ from those before' : `×${ratio.toFixed(2)} of those before`
  const percent = chance < 0.0001 ? 'less than 0.01' : Number((chance * 100).toPrecision(2))
  return `newest ${times} (by chance: ${percent} %)`
}

function legendLines(report: MatrixReport, style: Style): string[] {
  const { cells, baseline, against, test } = report
  const reasons = [
    ...new Set(cells.flatMap(({ outcome, reason }) => (outcome === 'skipped' ? [reason] : []))),
  ]
  const compared = cells.filter(({ outcome }) => outcome === 'passed')
  const little = compared.filter(({ drift }) => drift === null).length
  const lines = [
    baseline === null
      ? 'no slow-downs: the sweep has no profile baseline to compare with'
      : `×: time over that under ${baseline}, of checks that passed under both`,
    against === null ? 'no earlier sweep: no change of outcomes is told' : '',
    cells.some(isTold) ? `${changeMark}: see the changes` : '',
    `slower, faster, changed: the newest ${test.newest} attempts of check@profile that passed, against those before,`,
    `  under the same accelerator: ${test.name}, at level ${test.level * 100} %`,
    little === 0
      ? ''
      : `  ${little} of ${compared.length} cells have fewer than ${test.leastAttempts} such attempts: nothing is claimed about them`,
    ...reasons.map((reason) => `skipped: ${oneLine(reason ?? '')}`),
  ]
  return ['', ...lines.filter((line) => line !== '').map((line) => style.dim(line))]
}
