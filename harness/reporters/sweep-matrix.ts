import type { MatrixReport, SweepCell } from '../model/sweep.ts'
import { formatSeconds } from '../model/units.ts'
import { clip, columnsOf, pad } from './columns.ts'
import { oneLine } from './safe-text.ts'
import { outcomeLooks, type Style } from './style.ts'

/** Marks a cell about which more is said below the matrix. */
export const changeMark = '*'
const flakyMark = '~'
const gap = 2
/** Of the line, for the names of checks; the rest is for what they came to. */
const nameShare = 0.4

/** A row per check, a column per profile; in blocks below each other where they do not fit beside each other. */
export function matrixLines(report: MatrixReport, width: number, style: Style): string[] {
  const names = report.checks.map(oneLine)
  const most = Math.max('CHECK'.length, Math.floor(width * nameShare))
  const nameColumns = Math.min(most, Math.max(...['CHECK', ...names].map(columnsOf)))
  const columns = report.profiles.map((profile) => columnOf(report, profile))
  const blocks = inBlocks(columns, width - nameColumns)
  return blocks.flatMap((block, at) => [
    ...(at === 0 ? [] : ['']),
    style.bold(lineOf('CHECK', nameColumns, block.map(header))),
    ...names.map((name, row) =>
      lineOf(
        name,
        nameColumns,
        block.map((one) => cellAt(one, row, style)),
      ),
    ),
  ])
}

interface Column {
  title: string
  cells: (SweepCell | null)[]
  texts: string[]
  columns: number
}

function columnOf(report: MatrixReport, profile: string | null): Column {
  const title = profile === null ? 'NO PROFILE' : oneLine(profile)
  const cells = report.checks.map(
    (check) => report.cells.find((one) => one.check === check && one.profile === profile) ?? null,
  )
  const texts = cells.map((cell) => (cell ? cellText(cell) : ''))
  return { title, cells, texts, columns: Math.max(...[title, ...texts].map(columnsOf)) }
}

/** `✓ 24.6 s ×2.0 *`, `- skipped` */
function cellText(cell: SweepCell): string {
  const { outcome, flaky, seconds, slowdown } = cell
  const look = outcomeLooks[outcome]
  const words = [
    flaky ? flakyMark : look.mark,
    outcome === 'passed' ? (seconds === null ? look.words : formatSeconds(seconds)) : look.words,
    ...(slowdown === null ? [] : [`×${slowdown.toFixed(1)}`]),
    ...(isTold(cell) ? [changeMark] : []),
  ]
  return words.join(' ')
}

/** Whether something about the cell is different from before. */
export function isTold({ change, drift, metrics }: SweepCell): boolean {
  const moved = [drift, ...metrics.map((one) => one.drift)].some((one) => one && one.direction !== 'steady')
  return moved || change === 'newly-failing' || change === 'newly-passing' || change === 'new'
}

/** As many columns to a block as fit; at least one. */
function inBlocks(columns: Column[], width: number): Column[][] {
  const blocks: Column[][] = []
  let left = 0
  for (const column of columns) {
    const needed = gap + Math.min(column.columns, Math.max(1, width - gap))
    const block = blocks.at(-1)
    if (block && needed <= left) block.push(column)
    else {
      blocks.push([column])
      left = width
    }
    left -= needed
  }
  const most = Math.max(1, width - gap)
  return blocks.map((block) => block.map((one) => ({ ...one, columns: Math.min(one.columns, most) })))
}

function header({ title, columns }: Column): string {
  return pad(title, columns)
}

function cellAt({ cells, texts, columns }: Column, row: number, style: Style): string {
  const cell = cells[row]
  const text = texts[row] ?? ''
  const filled = ' '.repeat(Math.max(0, columns - columnsOf(text)))
  const shown = clip(text, columns)
  return cell ? `${style[toneOf(cell)](shown)}${filled}` : `${shown}${filled}`
}

function toneOf({ outcome, flaky }: SweepCell): 'good' | 'bad' | 'warn' | 'dim' {
  return flaky ? 'warn' : outcomeLooks[outcome].tone
}

function lineOf(name: string, nameColumns: number, cells: string[]): string {
  return [pad(name, nameColumns), ...cells].join(' '.repeat(gap)).trimEnd()
}
