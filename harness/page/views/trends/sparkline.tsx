import { formatSeconds } from '../../../model/units.ts'
import { outcomeLooks } from '../../../reporters/style.ts'
import type { HistoryPoint } from '../../data.ts'

const size = { width: 200, height: 40, inset: 6 }

/** Durations of attempts, oldest left, each with a mark for what it came to. @param points of one accelerator */
export function Sparkline({ points }: { points: readonly HistoryPoint[] }) {
  const most = points.reduce((max, { seconds }) => Math.max(max, seconds ?? 0), 0)
  const step = (size.width - 2 * size.inset) / Math.max(1, points.length - 1)
  const placed = points.map((point, index) => ({
    point,
    x: size.inset + index * step,
    y: size.height - size.inset - ((point.seconds ?? 0) / (most || 1)) * (size.height - 2 * size.inset),
  }))
  const passed = placed.filter(({ point }) => point.outcome === 'passed')
  return (
    <svg
      class="trends-spark"
      viewBox={`0 0 ${size.width} ${size.height}`}
      width={size.width}
      height={size.height}
      role="img"
      aria-label={sparkText(points)}
    >
      <polyline
        class="trends-line"
        points={passed.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}
      />
      {placed.map(({ point, x, y }) => (
        <g key={`${point.run} ${point.attempt}`} class={`outcome-${point.outcome}`}>
          <title>{pointText(point)}</title>
          <PointMark outcome={point.outcome} x={x} y={y} />
        </g>
      ))}
    </svg>
  )
}

/** Shapes differ as colours do: a dot passed, a cross did not, a square broke. */
function PointMark({ outcome, x, y }: { outcome: HistoryPoint['outcome']; x: number; y: number }) {
  switch (outcome) {
    case 'passed':
      return <circle class="trends-dot" cx={x} cy={y} r={2.5} />
    case 'failed':
    case 'timed-out':
      return <path class="trends-cross" d={`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`} />
    default:
      return <rect class="trends-dot" x={x - 3} y={y - 3} width={6} height={6} />
  }
}

/** `2026-11-18 08:00: failed after 24.0 s` */
export function pointText({ at, outcome, seconds }: HistoryPoint): string {
  const time = seconds === null ? '' : `, ${formatSeconds(seconds)}`
  return `${at.slice(0, 16).replace('T', ' ')} UTC: ${outcomeLooks[outcome].words}${time}`
}

function sparkText(points: readonly HistoryPoint[]): string {
  const times = points.flatMap(({ outcome, seconds }) => (outcome === 'passed' ? (seconds ?? []) : []))
  const range =
    times.length === 0
      ? 'none passed'
      : `passes took ${formatSeconds(Math.min(...times))} to ${formatSeconds(Math.max(...times))}`
  const marks = points.slice(-10).map(({ outcome }) => outcomeLooks[outcome].words)
  return `${points.length} attempts, ${range}; the newest last: ${marks.join(', ')}`
}
