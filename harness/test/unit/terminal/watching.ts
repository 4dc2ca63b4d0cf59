import { onTestFinished } from 'vitest'
import type { RunEvent } from '../../../model/run-event.ts'
import { createLiveView } from '../../../terminal/live.ts'
import { stamped } from '../reporters/replay.ts'
import { failing, started } from '../reporters/story.ts'
import { TestScreen } from './screen.ts'

export const begin = Date.UTC(2026, 10, 20, 7, 53, 31)

/** All but codes for the window, which a terminal without one ignores. */
export const every = { links: true, title: false, progress: false, synchronized: true, reflows: true }

/** A view on a screen, drawn after every event as if each took a second. */
export function watch(columns: number, rows: number, capabilities = every) {
  const screen = new TestScreen(columns, rows)
  let now = begin
  const view = createLiveView({
    stream: screen,
    columns: screen.columns,
    rows: screen.rows,
    now: () => now,
    color: false,
    capabilities,
    interval: 0,
  })
  onTestFinished(() => view.close())
  const show = (events: RunEvent[]) => {
    for (const event of events) {
      now = Date.parse(event.at)
      view.event(event)
      view.draw()
    }
  }
  return {
    screen,
    view,
    show,
    later: (seconds: number) => {
      now += seconds * 1000
      view.draw()
    },
  }
}

export const at = new Date(begin).toISOString()
export const startOf = (instance: string): RunEvent => ({
  type: 'attemptStarted',
  at,
  instance,
  attempt: 1,
  folder: instance,
})
export const failingRun = stamped([started, ...failing])
export const waiting = failingRun.slice(0, 12)
