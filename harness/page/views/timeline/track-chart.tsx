import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Axis } from './axis.tsx'
import { type BlockHandlers, BlockShape } from './block-shape.tsx'
import { type Block, blocksOf } from './blocks.ts'
import { type Geometry, geometryOf, mostZoom, xOf } from './geometry.ts'
import { LoadPanel, panelHeight } from './load-panel.tsx'
import { neighbourOf } from './neighbours.ts'
import type { Track } from './tracks.ts'
import { useView, type View } from './use-view.ts'

/** A track: its attempts in lanes, and below them what they held of the budget. */
export function TrackChart({
  track,
  title,
  seconds,
  onLook,
}: {
  track: Track
  title: string
  /** So long is the longest track; all have one scale. */
  seconds: number
  onLook: (block: Block) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const view = useView(box)
  const [zoom, setZoom] = useState(1)
  const geometry = geometryOf(track, view.width, { zoom, seconds })
  const blocks = useMemo(
    () => blocksOf(track.bars, 1 / geometry.pixelsPerSecond),
    [track, geometry.pixelsPerSecond],
  )
  const [currentBar, setCurrentBar] = useState(track.bars[0])
  const current = blocks.find(({ bars }) => currentBar && bars.includes(currentBar)) ?? blocks[0]
  const focusNext = useRef(false)
  useLayoutEffect(() => {
    if (focusNext.current) box.current?.querySelector<SVGElement>('[data-current]')?.focus()
    focusNext.current = false
  })
  const zoomTo = (wanted: number, at: number) => {
    const most = mostZoom(view.width, seconds)
    const next = Math.min(most, Math.max(1, wanted))
    setZoom(next)
    view.scrollWhenDrawn((at * next * view.width) / seconds - view.width / 2)
  }
  const middle = (view.left + view.width / 2) / geometry.pixelsPerSecond
  const handlers = {
    onLook: (block: Block) => {
      // When zooming takes the block apart, the worst of its attempts is what is looked for.
      setCurrentBar(block.bars.find(({ outcome }) => outcome === block.outcome))
      onLook(block)
    },
    onOpen: (block: Block) => {
      const span = Math.max(0.5, block.to - block.from)
      zoomTo(seconds / span / 2, (block.from + block.to) / 2)
      focusNext.current = true
    },
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const next = current && neighbourOf(blocks, current, event.key)
    if (!next) return
    event.preventDefault()
    focusNext.current = true
    handlers.onLook(next)
  }
  return (
    <div class="timeline-track">
      <div class="timeline-head">
        <h2>{title}</h2>
        <span class="timeline-zoom">
          <button
            type="button"
            onClick={() => zoomTo(zoom * 2, middle)}
            disabled={zoom >= mostZoom(view.width, seconds)}
          >
            Zoom in
          </button>
          <button type="button" onClick={() => zoomTo(zoom / 2, middle)} disabled={zoom <= 1}>
            Zoom out
          </button>
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="timeline-box" ref={box} tabIndex={0} aria-label={`Timeline, ${title}`}>
        <Drawing {...{ track, geometry, view, blocks, current, handlers, onKeyDown }} />
      </section>
    </div>
  )
}

const keysText = 'Attempts in lanes: arrow keys go from one to the next, Enter opens its check'

const resources = ['memoryMiB', 'cores'] as const

function Drawing({
  track: { load, stretches, to },
  geometry,
  view,
  blocks,
  current,
  handlers,
  onKeyDown,
}: {
  track: Track
  geometry: Geometry
  view: View
  blocks: Block[]
  current: Block | undefined
  handlers: BlockHandlers
  onKeyDown: (event: KeyboardEvent) => void
}) {
  const height = geometry.bottom + (load === null ? 0 : resources.length * panelHeight) + 4
  const isSeen = ({ from, to: end }: Block) =>
    xOf(geometry, end) >= view.left - view.width && xOf(geometry, from) <= view.left + 2 * view.width
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no groups of controls */}
      <svg width={geometry.width} height={height} role="group" aria-label={keysText} onKeyDown={onKeyDown}>
        <Axis to={to} stretches={stretches} geometry={geometry} height={geometry.bottom} />
        {blocks
          .filter((block) => block === current || isSeen(block))
          .map((block) => (
            <BlockShape
              key={`${block.lane} ${block.from}`}
              block={block}
              geometry={geometry}
              isCurrent={block === current}
              handlers={handlers}
            />
          ))}
        {load !== null &&
          resources.map((resource, index) => (
            <LoadPanel
              key={resource}
              resource={resource}
              load={load}
              stretches={stretches}
              geometry={geometry}
              view={view}
              top={geometry.bottom + index * panelHeight}
            />
          ))}
      </svg>
    </>
  )
}
