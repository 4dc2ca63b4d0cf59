import type { CellDrift, SweepCell } from '../../../model/sweep.ts'
import { formatSeconds } from '../../../model/units.ts'
import { metricName, metricText } from '../../../reporters/sweep-matrix.ts'

/** Something about a cell that is not as it was. */
export interface Change {
  kind: 'newly-failing' | 'newly-passing' | 'slower' | 'faster' | 'changed' | 'new'
  /** For a cell: `newly failing`, `slower ×1.52`. */
  words: string
  /** What it rests on; empty when the words say all. */
  detail: string
}

/** What changed about a cell since the sweep before, beyond noise. */
export function changesOf(cell: SweepCell): Change[] {
  return [...outcomeChange(cell), ...timeChange(cell), ...metricChanges(cell)]
}

function outcomeChange({ change }: SweepCell): Change[] {
  switch (change) {
    case 'newly-failing':
      return [{ kind: change, words: 'newly failing', detail: '' }]
    case 'newly-passing':
      return [{ kind: change, words: 'newly passing', detail: '' }]
    case 'new':
      return [{ kind: change, words: 'new', detail: '' }]
    default:
      return []
  }
}

function timeChange({ drift, seconds }: SweepCell): Change[] {
  if (!drift || drift.direction === 'steady') return []
  const kind = drift.direction === 'higher' ? 'slower' : 'faster'
  const now = seconds === null ? '' : `now ${formatSeconds(seconds)}, `
  return [{ kind, words: `${kind}${timesText(drift)}`, detail: `${now}${chanceText(drift)}` }]
}

function metricChanges({ metrics }: SweepCell): Change[] {
  return metrics.flatMap((metric): Change[] => {
    const { drift } = metric
    if (!drift || drift.direction === 'steady') return []
    const words = `${metricName(metric)} ${drift.direction}${timesText(drift)}`
    return [{ kind: 'changed', words, detail: `now ${metricText(metric)}, ${chanceText(drift)}` }]
  })
}

function timesText({ ratio }: CellDrift): string {
  return ratio === null ? '' : ` ×${ratio.toFixed(2)}`
}

function chanceText({ chance }: CellDrift): string {
  return `by chance in ${chance < 0.0001 ? 'less than 0.01' : Number((chance * 100).toPrecision(2))} %`
}
