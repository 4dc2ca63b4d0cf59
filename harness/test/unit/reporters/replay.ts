import type { RunEvent, UnstampedRunEvent } from '../../../model/run-event.ts'
import { emptyRun, foldRunEvent, toRunReport } from '../../../state/reduce.ts'

/** Gives each event its time. */
export function stamped(events: UnstampedRunEvent[]): RunEvent[] {
  const begin = Date.UTC(2026, 10, 20, 7, 53, 31)
  return events.map(
    (event, index) => ({ at: new Date(begin + index * 1000).toISOString(), ...event }) as RunEvent,
  )
}

export function reportOf(events: UnstampedRunEvent[]) {
  const state = emptyRun()
  for (const event of stamped(events)) foldRunEvent(state, event)
  return toRunReport(state)
}
