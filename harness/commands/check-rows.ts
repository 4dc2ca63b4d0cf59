import type { EvaluationError, NodeNeeds } from '../model/check.ts'
import type { CheckKind, Outcome } from '../model/outcome.ts'
import { formatMemory, formatSeconds } from '../model/units.ts'
import { columnsOf, pad } from '../reporters/columns.ts'
import { oneLine } from '../reporters/safe-text.ts'

/** One check as `list` shows it; null where only evaluation would tell. */
export interface ListRow {
  name: string
  kind: CheckKind
  tags: string[]
  attribute: string
  evaluated: boolean
  isVmTest: boolean | null
  system: string | null
  nodes: NodeNeeds[] | null
  /** Of all its VMs, with what QEMU takes beside them. */
  memoryMiB: number | null
  cores: number | null
  timeoutSeconds: number | null
  description: string | null
  /** Whether this host can run it. */
  runnable: boolean | null
  /** Why it cannot. */
  reason: string | null
  error: EvaluationError | null
  /** What the newest run said of it. */
  last: { outcome: Outcome; seconds: number | null; run: string } | null
}

/** What `list --json` prints. */
export function rowsJson(rows: ListRow[]): string {
  return `${JSON.stringify({ schema: 1, checks: rows }, null, 2)}\n`
}

/** A table for people; columns of which nothing is known are left away. */
export function rowsText(rows: ListRow[]): string {
  const columns: { title: string; cell(row: ListRow): string }[] = [
    { title: 'CHECK', cell: ({ name }) => name },
    { title: 'KIND', cell: ({ kind, isVmTest }) => (isVmTest === false ? 'no VM test' : kind) },
    { title: 'TAGS', cell: ({ tags }) => tags.join(' ') },
    { title: 'NODES', cell: ({ nodes }) => (nodes ?? []).map(({ name }) => name).join(' ') },
    { title: 'MEMORY', cell: ({ memoryMiB }) => (memoryMiB === null ? '' : formatMemory(memoryMiB)) },
    { title: 'LAST', cell: lastCell },
    { title: 'HERE', cell: hereCell },
  ]
  const filled = columns
    .map(({ title, cell }) => [title, ...rows.map((row) => oneLine(cell(row)))])
    .filter(([, ...cells]) => cells.some((cell) => cell !== ''))
  const widths = filled.map((cells) => Math.max(...cells.map(columnsOf)))
  return Array.from({ length: rows.length + 1 }, (_, index) => {
    const cells = filled.map((column, at) => pad(column[index] ?? '', widths[at] ?? 0))
    return `${cells.join('  ').trimEnd()}\n`
  }).join('')
}

function lastCell({ last }: ListRow): string {
  if (!last) return ''
  return last.seconds === null ? last.outcome : `${last.outcome} ${formatSeconds(last.seconds)}`
}

function hereCell({ runnable, reason, error }: ListRow): string {
  if (error) return `cannot be evaluated: ${error.message}`
  if (runnable === null) return ''
  return runnable ? 'yes' : `no: ${reason ?? ''}`
}
