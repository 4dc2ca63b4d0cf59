import type { LogIndex } from '../data.ts'

/** What stands in a row of the viewer. */
export type LogRow = { type: 'line'; line: number } | { type: 'gap'; line: number; lines: number }

/** The rows of a log, found by their number: all lines that are embedded, and a row for each stretch that is not. */
export interface LogRows {
  count: number
  rowAt(row: number): LogRow
  /** The row of a line, or the nearest one to it. */
  rowOf(line: number): number
}

interface Stretch {
  row: number
  rows: number
  line: number
  lines: number
  embedded: boolean
}

/** Every line of a log. */
export function allRows({ segments }: Pick<LogIndex, 'segments'>): LogRows {
  const stretches: Stretch[] = []
  let count = 0
  for (const { line, lines, embedded } of segments) {
    const rows = embedded ? lines : 1
    stretches.push({ row: count, rows, line, lines, embedded })
    count += rows
  }
  const last = (before: (stretch: Stretch) => boolean) => lastIndexWhere(stretches, before)
  return {
    count,
    rowAt: (row) => {
      const stretch = stretches[last((one) => one.row <= row)]
      if (!stretch) return { type: 'gap', line: 1, lines: 0 }
      const { line, lines, embedded } = stretch
      return embedded ? { type: 'line', line: line + row - stretch.row } : { type: 'gap', line, lines }
    },
    rowOf: (line) => {
      const stretch = stretches[last((one) => one.line <= line)]
      if (!stretch) return 0
      return stretch.row + Math.min(stretch.rows - 1, line - stretch.line)
    },
  }
}

/** Only some lines. @param lines ascending */
export function someRows(lines: readonly number[]): LogRows {
  return {
    count: lines.length,
    rowAt: (row) => ({ type: 'line', line: lines[row] ?? 0 }),
    rowOf: (line) =>
      Math.max(
        0,
        lastIndexWhere(lines, (one) => one <= line),
      ),
  }
}

/** The segment that holds a line; -1 when none does. */
export function segmentOf({ segments }: Pick<LogIndex, 'segments'>, line: number): number {
  const at = lastIndexWhere(segments, (one) => one.line <= line)
  const segment = segments[at]
  return segment && line < segment.line + segment.lines ? at : -1
}

/** By halving. @param holds for the first few values, and for none after them @returns -1 when for none */
function lastIndexWhere<Value>(values: readonly Value[], holds: (value: Value) => boolean): number {
  let from = 0
  let to = values.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (holds(values[middle] as Value)) from = middle + 1
    else to = middle
  }
  return from - 1
}
