import type { Needs } from '../../../model/plan.ts'
import { formatMemory } from '../../../model/units.ts'
import { type Geometry, xOf } from './geometry.ts'
import { type LoadStep, peakOf } from './load.ts'
import type { View } from './use-view.ts'
import type { Stretch } from './work-clock.ts'

const plotHeight = 48
const titleHeight = 22
/** Height of a panel with its title. */
export const panelHeight = titleHeight + plotHeight + 8

type Resource = keyof Needs

/** How much of a resource was held over time, against the budget. */
export function LoadPanel({
  resource,
  load,
  stretches,
  geometry,
  view,
  top,
}: {
  resource: Resource
  load: readonly LoadStep[]
  stretches: readonly Stretch[]
  geometry: Geometry
  view: View
  top: number
}) {
  const most = Math.max(peakOf(load)[resource], ...stretches.map(({ budget }) => budget?.[resource] ?? 0))
  const bottom = top + titleHeight + plotHeight
  const yOf = (value: number) => bottom - (most === 0 ? 0 : (value / most) * plotHeight)
  return (
    <g class="timeline-load">
      <path class="timeline-held" d={areaOf(load, resource, { geometry, yOf, bottom })} />
      {stretches.map(({ from, to, budget }) => {
        const limit = budget?.[resource]
        return limit ? (
          <line
            key={from}
            class="timeline-limit"
            x1={xOf(geometry, from)}
            x2={xOf(geometry, to)}
            y1={yOf(limit)}
            y2={yOf(limit)}
          />
        ) : null
      })}
      <text class="timeline-load-title" x={view.left + 10} y={top + titleHeight - 6}>
        {loadText(resource, load, stretches)}
      </text>
      <line class="timeline-ground" x1={0} x2={geometry.width} y1={bottom} y2={bottom} />
    </g>
  )
}

/** `Memory: at most 3.5 of 14 GiB` */
function loadText(resource: Resource, load: readonly LoadStep[], stretches: readonly Stretch[]): string {
  const peak = peakOf(load)[resource]
  const limits = stretches.map(({ budget }) => budget?.[resource] ?? null)
  const limit = limits.length > 0 && limits.every((one) => one === limits[0]) ? (limits[0] ?? null) : null
  const amount = (value: number) => (resource === 'memoryMiB' ? formatMemory(value) : String(value))
  const title = resource === 'memoryMiB' ? 'Memory' : 'Cores'
  if (limit !== null) return `${title}: at most ${amount(peak)} of ${amount(limit)} held`
  return `${title}: at most ${amount(peak)} held${limits.some((one) => one !== null) ? '' : ', without a limit'}`
}

function areaOf(
  load: readonly LoadStep[],
  resource: Resource,
  { geometry, yOf, bottom }: { geometry: Geometry; yOf: (value: number) => number; bottom: number },
): string {
  let path = `M${xOf(geometry, load[0]?.at ?? 0).toFixed(1)} ${bottom}`
  let lastX = Number.NEGATIVE_INFINITY
  for (const step of thinned(load, resource, 1 / geometry.pixelsPerSecond)) {
    const x = xOf(geometry, step.at)
    if (x !== lastX) path += `H${x.toFixed(1)}`
    path += `V${yOf(step[resource]).toFixed(1)}`
    lastX = x
  }
  return `${path}V${bottom}Z`
}

/** At most a few steps a pixel: the highest of those that fall together. */
function thinned(load: readonly LoadStep[], resource: Resource, least: number): LoadStep[] {
  const kept: LoadStep[] = []
  for (const [index, step] of load.entries()) {
    const last = kept.at(-1)
    const isLast = index === load.length - 1
    if (!last || isLast || step.at - last.at >= least) kept.push({ ...step })
    else last[resource] = Math.max(last[resource], step[resource])
  }
  return kept
}
