import { formatSeconds } from '../../../model/units.ts'
import { type Geometry, xOf } from './geometry.ts'
import { clockText, ticksOf } from './ticks.ts'
import type { Stretch } from './work-clock.ts'

const pixelsPerTick = 90

/** Times of the run, and where it lay cut off. */
export function Axis({
  to,
  stretches,
  geometry,
  height,
}: {
  to: number
  stretches: readonly Stretch[]
  geometry: Geometry
  height: number
}) {
  const ticks = ticksOf(to, (to * geometry.pixelsPerSecond) / pixelsPerTick)
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it is focusable
    <g class="timeline-axis" aria-hidden="true">
      {ticks.map((at) => (
        <g key={at}>
          <line x1={xOf(geometry, at)} x2={xOf(geometry, at)} y1={18} y2={height} />
          <text x={xOf(geometry, at)} y={12} text-anchor={at === 0 ? 'start' : 'middle'}>
            {clockText(at)}
          </text>
        </g>
      ))}
      {stretches.slice(1).map((stretch) => (
        <g key={stretch.from} class="timeline-pause">
          <line x1={xOf(geometry, stretch.from)} x2={xOf(geometry, stretch.from)} y1={18} y2={height}>
            <title>{pauseText(stretch)}</title>
          </line>
        </g>
      ))}
    </g>
  )
}

/** `cut off at 12:05, resumed 8 h 2 min later` */
export function pauseText({ from, pause }: Pick<Stretch, 'from' | 'pause'>): string {
  return `cut off at ${clockText(from)}, resumed ${formatSeconds(Math.max(0, pause))} later`
}
