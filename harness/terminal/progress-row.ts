import type { Outcome } from '../model/outcome.ts'
import { formatMemory } from '../model/units.ts'
import type { Budget } from '../plan/budget.ts'
import { clip, columnsOf } from '../reporters/columns.ts'
import { outcomeLooks, type Style } from '../reporters/style.ts'
import { formatClock, formatLeft } from './clock.ts'
import type { Screen } from './live-rows.ts'
import type { RunNumbers } from './run-numbers.ts'

/** What the last row of the live view tells beside the counts. */
export interface ProgressRow {
  numbers: RunNumbers
  budget: Budget | null
  /** Milliseconds; null before the run began. */
  elapsed: number | null
  /** Seconds; null when too little is known. */
  left: number | null
}

type Tone = 'good' | 'bad' | 'warn' | 'plain'
type Part = [tone: Tone, text: string]

/** Counts, time and budget in one row: the more columns there are, the more it says. */
export function progressRow(row: ProgressRow, { columns }: Screen, style: Style): string {
  const all = versions(row)
  const parts = all.find((one) => columnsOf(one.map(([, text]) => text).join(separator)) <= columns)
  if (!parts)
    return clip(
      all
        .at(-1)
        ?.map(([, text]) => text)
        .join(separator) ?? '',
      columns,
    )
  return parts.map(([tone, text]) => toned(tone, text, style)).join(style.dim(separator))
}

const separator = ' · '

function toned(tone: Tone, text: string, style: Style): string {
  return tone === 'plain' ? text : style[tone](text)
}

/** From all there is to say to the least that helps. */
function versions(row: ProgressRow): Part[][] {
  const { numbers } = row
  const stopping: Part[] = numbers.interrupted ? [['warn', 'stopping']] : []
  const time: Part[] = row.elapsed === null ? [] : [['plain', formatClock(row.elapsed)]]
  const left: Part[] = row.left === null || numbers.interrupted ? [] : [['plain', formatLeft(row.left)]]
  const counts: Part[] = [
    ...stopping,
    ...outcomeParts(numbers.ended),
    ['plain', `${numbers.running} running`],
    ...(numbers.waiting > 0 ? ([['plain', `${numbers.waiting} waiting`]] as Part[]) : []),
  ]
  const memory = memoryPart(row)
  const cores = coresPart(row)
  const done: Part = ['plain', `${numbers.ended.length}/${numbers.total}`]
  const short: Part[] = [...stopping, ...badPart(numbers.ended), done]
  const running: Part = ['plain', `${numbers.running} running`]
  return [
    [...counts, ...time, ...left, ...memory, ...cores],
    [...counts, ...time, ...left, ...memory],
    [...counts, ...time, ...left],
    [...short, running, ...time, ...left],
    [...short, running, ...left],
    [...short, ...left],
    [...short, ...time],
    short,
    [...badPart(numbers.ended), done],
    [done],
  ]
}

const order: Outcome[] = ['failed', 'timed-out', 'errored', 'unknown', 'interrupted', 'passed', 'skipped']

function outcomeParts(ended: Outcome[]): Part[] {
  return order.flatMap((outcome): Part[] => {
    const count = ended.filter((one) => one === outcome).length
    return count === 0 ? [] : [[toneOf(outcome), `${count} ${outcomeLooks[outcome].words}`]]
  })
}

function toneOf(outcome: Outcome): Tone {
  const { tone } = outcomeLooks[outcome]
  return tone === 'dim' || outcome === 'skipped' ? 'plain' : tone
}

/** How many did not pass, in one word. */
export function badWords(ended: Outcome[]): string | null {
  const bad = ended.filter((outcome) => outcome !== 'passed' && outcome !== 'skipped')
  if (bad.length === 0) return null
  const words = new Set(bad.map((outcome) => outcomeLooks[outcome].words))
  return words.size === 1 ? `${bad.length} ${[...words][0]}` : `${bad.length} not passed`
}

function badPart(ended: Outcome[]): Part[] {
  const words = badWords(ended)
  return words === null ? [] : [['bad', words]]
}

function memoryPart({ numbers: { load }, budget }: ProgressRow): Part[] {
  if (!load || !budget) return []
  return [['plain', `${formatMemory(load.memoryMiB)} of ${formatMemory(budget.memoryMiB)}`]]
}

function coresPart({ numbers: { load }, budget }: ProgressRow): Part[] {
  if (!load || !budget) return []
  if (budget.cores !== null) return [['plain', `${load.cores} of ${budget.cores} cores`]]
  return budget.jobs === null ? [] : [['plain', `${load.jobs} of ${budget.jobs} jobs`]]
}
