import type { CellMetric, MatrixReport, SweepCell } from '../model/sweep.ts'
import { formatSeconds } from '../model/units.ts'
import { clip, columnsOf, pad } from './columns.ts'
import { oneLine } from './safe-text.ts'
import { outcomeLooks, type Style } from './style.ts'

/** Marks a cell about which more is said below the matrix. */
export const changeMark = '*'
const flakyMark = '~'
const gap = 2
/** Of the line, for the names of rows; the rest is for what they came to. */
const nameShare = 0.4
/** Of a check; the others are in sweep.json. */
const mostMetrics = 6

/**
 * A row per check, and below it one for each of its metrics; a column per profile. In blocks below each other where they
 * do not fit beside each other.
 */
export function matrixLines(report: MatrixReport, width: number, style: Style): string[] {
  const rows = report.checks.flatMap((check) => rowsOf(report, check))
  const most = Math.max('CHECK'.length, Math.floor(width * nameShare))
  const nameColumns = Math.min(most, Math.max(...['CHECK', ...rows.map(({ name }) => name)].map(columnsOf)))
  const columns = report.profiles.map((profile, at) =>
    columnOf(
      profile,
      rows.map(({ parts }) => parts[at] ?? blank),
    ),
  )
  return inBlocks(columns, width - nameColumns).flatMap((block, at) => [
    ...(at === 0 ? [] : ['']),
    style.bold(
      lineOf(
        'CHECK',
        nameColumns,
        block.map(({ title, columns: own }) => pad(title, own)),
      ),
    ),
    ...rows.map(({ name }, row) =>
      lineOf(
        name,
        nameColumns,
        block.map((column) => partAt(column, row, style)),
      ),
    ),
  ])
}

/** What stands in a row under a profile. */
interface Part {
  text: string
  tone: 'good' | 'bad' | 'warn' | 'dim'
}

const blank: Part = { text: '', tone: 'dim' }

interface Row {
  name: string
  /** In the order of the profiles. */
  parts: Part[]
}

function rowsOf({ profiles, cells }: MatrixReport, check: string): Row[] {
  const own = profiles.map(
    (profile) => cells.find((one) => one.check === check && one.profile === profile) ?? null,
  )
  const names = new Set(own.flatMap((cell) => cell?.metrics.map(metricName) ?? []))
  const shown = [...names].slice(0, mostMetrics)
  const left = names.size - shown.length
  return [
    { name: oneLine(check), parts: own.map((cell) => (cell ? cellPart(cell) : blank)) },
    ...shown.map((name) => ({ name: `  ${name}`, parts: own.map((cell) => metricPart(cell, name)) })),
    ...(left === 0 ? [] : [{ name: `  … ${left} more in sweep.json`, parts: [] }]),
  ]
}

/** `✓ 24.6 s ×2.0 *`, `- skipped` */
function cellPart(cell: SweepCell): Part {
  const { outcome, flaky, seconds, slowdown } = cell
  const look = outcomeLooks[outcome]
  const words = [
    flaky ? flakyMark : look.mark,
    outcome === 'passed' ? (seconds === null ? look.words : formatSeconds(seconds)) : look.words,
    ...(slowdown === null ? [] : [`×${slowdown.toFixed(1)}`]),
    ...(isTold(cell) ? [changeMark] : []),
  ]
  return { text: words.join(' '), tone: flaky ? 'warn' : look.tone }
}

/** Whether something about the cell is different from before. */
export function isTold({ change, drift, metrics }: SweepCell): boolean {
  const moved = [drift, ...metrics.map((one) => one.drift)].some((one) => one && one.direction !== 'steady')
  return moved || change === 'newly-failing' || change === 'newly-passing' || change === 'new'
}

/** `rtt of alpha` */
export function metricName({ name, node }: CellMetric): string {
  return `${oneLine(name)}${node === null ? '' : ` of ${oneLine(node)}`}`
}

/** `52.13 ms` */
export function metricText({ value, unit }: CellMetric): string {
  return `${Number(value.toPrecision(4))} ${oneLine(unit)}`.trim()
}

function metricPart(cell: SweepCell | null, name: string): Part {
  const metric = cell?.metrics.find((one) => metricName(one) === name)
  return metric ? { text: metricText(metric), tone: 'dim' } : blank
}

interface Column {
  title: string
  parts: Part[]
  columns: number
}

function columnOf(profile: string | null, parts: Part[]): Column {
  const title = profile === null ? 'NO PROFILE' : oneLine(profile)
  return { title, parts, columns: Math.max(...[title, ...parts.map(({ text }) => text)].map(columnsOf)) }
}

/** As many columns to a block as fit; at least one. */
function inBlocks(columns: Column[], width: number): Column[][] {
  const most = Math.max(1, width - gap)
  const blocks: Column[][] = []
  let left = 0
  for (const column of columns) {
    const fitting = { ...column, columns: Math.min(column.columns, most) }
    const block = blocks.at(-1)
    if (block && gap + fitting.columns <= left) block.push(fitting)
    else {
      blocks.push([fitting])
      left = width
    }
    left -= gap + fitting.columns
  }
  return blocks
}

function partAt({ parts, columns }: Column, row: number, style: Style): string {
  const { text, tone } = parts[row] ?? blank
  const shown = clip(text, columns)
  const filling = ' '.repeat(Math.max(0, columns - columnsOf(shown)))
  return `${shown === '' ? '' : style[tone](shown)}${filling}`
}

function lineOf(name: string, nameColumns: number, parts: string[]): string {
  return [pad(name, nameColumns), ...parts].join(' '.repeat(gap)).trimEnd()
}
