import { formatSeconds } from '../../../model/units.ts'
import { oneLine } from '../../../reporters/safe-text.ts'
import { outcomeLooks } from '../../../reporters/style.ts'
import { useCheckHref } from '../check-links.tsx'
import type { Block } from './blocks.ts'
import { type Geometry, xOf } from './geometry.ts'
import { clockText } from './ticks.ts'
import type { Bar } from './tracks.ts'

/** Letters of the bars' font are at most about so wide, in pixels. */
const letter = 7.2
/** A bar in which only the mark has room. */
const leastForMark = 11

/** What happens to a block. */
export interface BlockHandlers {
  onLook(block: Block): void
  /** One of several attempts was chosen: they are to be told apart. */
  onOpen(block: Block): void
}

/** A block as a shape that can be focused: a link to its check, or a button that zooms in to what it holds. */
export function BlockShape({
  block,
  geometry,
  isCurrent,
  handlers,
}: {
  block: Block
  geometry: Geometry
  isCurrent: boolean
  handlers: BlockHandlers
}) {
  const href = useCheckHref()
  const [only, ...more] = block.bars
  const single = more.length === 0 ? only : undefined
  const shared = {
    class: `timeline-block outcome-${block.outcome}`,
    tabIndex: isCurrent ? 0 : -1,
    'data-current': isCurrent || undefined,
    'aria-label': blockText(block),
    onFocus: () => handlers.onLook(block),
    onMouseEnter: () => handlers.onLook(block),
  }
  const shape = <BlockBody block={block} geometry={geometry} single={single} />
  if (single) {
    return (
      <a href={href(single.check)} {...shared}>
        {shape}
      </a>
    )
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
    <g
      role="button"
      {...shared}
      onClick={() => handlers.onOpen(block)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') handlers.onOpen(block)
      }}
    >
      {shape}
    </g>
  )
}

function BlockBody({
  block,
  geometry,
  single,
}: {
  block: Block
  geometry: Geometry
  single: Bar | undefined
}) {
  const x = xOf(geometry, block.from)
  const width = Math.max(2, (block.to - block.from) * geometry.pixelsPerSecond)
  const y = geometry.top + block.lane * geometry.lane + 2
  const ready = single ? (readyAt(single) - block.from) * geometry.pixelsPerSecond : 0
  // On a filled ground the text is light, and would be lost where the ground is not filled yet.
  const indent = block.outcome === 'passed' ? 5 : ready + 5
  return (
    <>
      <rect
        class="timeline-bar"
        x={x}
        y={y}
        width={width}
        height={geometry.bar}
        rx={Math.min(3, width / 2)}
      />
      {ready >= 3 && (
        <rect
          class="timeline-ready"
          x={x + 1}
          y={y + 1}
          width={Math.min(ready, width) - 2}
          height={geometry.bar - 2}
          rx={2}
        />
      )}
      {single && geometry.bar >= 14 && (
        <BarLabel bar={single} box={{ x, y, width, indent }} geometry={geometry} />
      )}
    </>
  )
}

/** Mark and name, as much of it as there is room for. */
function BarLabel({
  bar,
  box: { x, y, width, indent },
  geometry,
}: {
  bar: Bar
  box: { x: number; y: number; width: number; indent: number }
  geometry: Geometry
}) {
  const { mark } = outcomeLooks[bar.outcome]
  const letters = Math.floor((width - indent - 3) / letter)
  const middle = y + geometry.bar / 2
  if (letters < 5) {
    return width < leastForMark ? null : (
      <text class="timeline-label" x={x + width / 2} y={middle} text-anchor="middle">
        {mark}
      </text>
    )
  }
  const label = `${mark} ${oneLine(bar.label)}${attemptText(bar)}`
  return (
    <text class="timeline-label" x={x + indent} y={middle}>
      {label.length <= letters ? label : `${label.slice(0, letters - 1)}…`}
    </text>
  )
}

/** When its script began to run, where that is told. */
function readyAt({ stages, from }: Bar): number {
  return stages.find(({ stage }) => stage === 'running')?.from ?? from
}

function attemptText({ attempt, attempts }: Bar): string {
  return attempts > 1 ? ` (${attempt}/${attempts})` : ''
}

/** What a block is, in words. */
function blockText({ bars, from, to, outcome }: Block): string {
  const [only, ...more] = bars
  const times = `from ${clockText(from)} to ${clockText(to)}`
  if (only && more.length === 0) {
    const attempt = only.attempts > 1 ? `, attempt ${only.attempt} of ${only.attempts}` : ''
    return `${only.label}${attempt}: ${outcomeLooks[outcome].words}, ${times}, ${formatSeconds(to - from)}`
  }
  return `${bars.length} attempts ${times}: ${talliesText(bars)}`
}

/** `13 passed, 1 failed` */
export function talliesText(bars: readonly Bar[]): string {
  const tallies = new Map<string, number>()
  for (const { outcome } of bars) tallies.set(outcome, (tallies.get(outcome) ?? 0) + 1)
  return [...tallies]
    .map(([outcome, count]) => `${count} ${outcomeLooks[outcome as Bar['outcome']].words}`)
    .join(', ')
}
