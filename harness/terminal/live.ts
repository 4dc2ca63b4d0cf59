import type { RunEvent } from '../model/run-event.ts'
import type { RunObserver } from '../model/run-observer.ts'
import { createLineReporter } from '../reporters/line.ts'
import { createProgress, followEvent } from '../reporters/progress.ts'
import { createStyle } from '../reporters/style.ts'
import { liveRows } from './live-rows.ts'
import { createRegion } from './region.ts'

/** The part of a terminal's stream that the view uses; `process.stderr` is one. */
export interface LiveStream {
  write(text: string): unknown
  on?(event: 'resize', listener: () => void): unknown
  off?(event: 'resize', listener: () => void): unknown
}

/** The terminal to draw on; sizes are asked for at every drawing. */
export interface LiveOptions {
  stream: LiveStream
  columns(): number
  rows(): number
  /** Milliseconds since 1970. */
  now(): number
  color: boolean
  verbose?: boolean
  /** How often to look for changes, in milliseconds; 0: only when `draw` is called. */
  interval?: number
}

/** A view that is drawn over time, and when asked to. */
export interface LiveView extends RunObserver {
  /** Shows the present state at once. */
  draw(): void
}

/**
 * A run in a terminal: below the lines that stay (failures, ends of checks) one row per running check. The
 * terminal is given back on close, and also when the process ends without it.
 */
export function createLiveView(options: LiveOptions): LiveView {
  const { stream, interval = 200 } = options
  const progress = createProgress()
  const region = createRegion((text) => stream.write(text))
  const style = createStyle(options.color)
  const lines = createLineReporter({
    write: (text) => region.print(text),
    color: options.color,
    width: options.columns,
    verbose: options.verbose ?? false,
    starts: false,
  })
  let startedAt: number | null = null
  const draw = () => {
    const screen = { columns: Math.max(1, options.columns()), rows: Math.max(1, options.rows()) }
    region.draw(liveRows(progress, { screen, style, now: options.now(), startedAt }))
  }
  const redraw = () => {
    region.resized()
    draw()
  }
  const release = watch(stream, { redraw, draw, end: () => region.close(), interval })
  return {
    event(event: RunEvent) {
      if (event.type === 'runStarted') startedAt = Date.parse(event.at)
      followEvent(progress, event)
      lines.event(event)
    },
    console: (instance, node, text) => lines.console(instance, node, text),
    draw,
    close() {
      release()
      region.close()
    },
  }
}

interface Watched {
  redraw(): void
  draw(): void
  end(): void
  interval: number
}

/** Redraws over time, on a new size and after a stop (Ctrl-Z); ends with the process. @returns stops watching */
function watch(stream: LiveStream, { redraw, draw, end, interval }: Watched): () => void {
  const timer = interval > 0 ? setInterval(draw, interval) : null
  timer?.unref()
  stream.on?.('resize', redraw)
  process.on('SIGCONT', redraw)
  process.on('exit', end)
  return () => {
    if (timer) clearInterval(timer)
    stream.off?.('resize', redraw)
    process.off('SIGCONT', redraw)
    process.off('exit', end)
  }
}
