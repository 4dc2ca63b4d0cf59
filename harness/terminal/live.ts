import type { Instance } from '../model/plan.ts'
import type { RunObserver } from '../model/run-observer.ts'
import { isForeground } from './foreground.ts'
import { type LiveOptions, Painter } from './painter.ts'

/** Watches a run, and hears what is planned. */
export interface RunView extends RunObserver {
  /** These will be run: what they need and how long they took. */
  planned(instances: readonly Instance[]): void
}

/** A view that is drawn over time, and when asked to. */
export interface LiveView extends RunView {
  /** Shows whole lines above the rows. */
  print(text: string): void
  /** Shows the present state at once. */
  draw(): void
}

/**
 * A run in a terminal: below the lines that stay (failures, ends of checks) a row per running check, and one that
 * sums up. The terminal is given back on close, while the process is stopped, and when it ends without closing.
 */
export function createLiveView(options: LiveOptions): LiveView {
  const painter = new Painter(options)
  const release = attend(painter, options)
  return {
    planned: (instances) => painter.planned(instances),
    event: (event) => painter.event(event),
    console: (instance, node, text) => painter.lines.console(instance, node, text),
    print: (text) => painter.print(text),
    draw: () => painter.draw(),
    close() {
      release()
      painter.giveBack()
    },
  }
}

/** Clocks in the view count seconds. */
const tickMs = 1000

/**
 * Draws when something happens, but not more often than `interval`, and once a second for the clocks; on a new size;
 * and after a stop (Ctrl-Z). In the background only what stays is written. Ends with the process.
 * @returns stops it
 */
function attend(painter: Painter, { stream, interval = 100, now }: LiveOptions): () => void {
  let timer: NodeJS.Timeout | null = null
  let drawnAt = Number.NEGATIVE_INFINITY
  let background = interval > 0 && !isForeground()
  const frame = () => {
    timer = null
    drawnAt = now()
    if (background) painter.giveBack()
    else painter.draw()
  }
  const changed = () => {
    if (interval === 0 || timer) return
    timer = setTimeout(frame, Math.min(interval, Math.max(0, drawnAt + interval - now())))
    timer.unref()
  }
  painter.onChange = changed
  const ticking = interval > 0 ? setInterval(changed, tickMs) : null
  ticking?.unref()
  const suspend = () => {
    painter.giveBack()
    process.off('SIGTSTP', suspend)
    // Nobody listens now, so this stops the process.
    process.kill(process.pid, 'SIGTSTP')
  }
  const goOn = () => {
    process.off('SIGTSTP', suspend)
    process.on('SIGTSTP', suspend)
    background = !isForeground()
    redraw()
  }
  const redraw = () => {
    if (background) return
    painter.forget()
    if (interval === 0) painter.draw()
    else changed()
  }
  const end = () => painter.giveBack()
  stream.on?.('resize', redraw)
  process.on('SIGTSTP', suspend)
  process.on('SIGCONT', goOn)
  process.on('exit', end)
  return () => {
    if (timer) clearTimeout(timer)
    if (ticking) clearInterval(ticking)
    painter.onChange = () => {}
    stream.off?.('resize', redraw)
    process.off('SIGTSTP', suspend)
    process.off('SIGCONT', goOn)
    process.off('exit', end)
  }
}
