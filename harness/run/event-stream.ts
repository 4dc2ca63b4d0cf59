import type { RunEvent, UnstampedRunEvent } from '../model/run-event.ts'
import type { RunObserver } from '../model/run-observer.ts'
import type { RunRecorder } from './ports.ts'

/** Says that something happened. @returns the event as it was recorded */
export type Emit = (event: UnstampedRunEvent) => RunEvent

/**
 * The one ordered stream: every event gets its time, stands in the journal, and is then shown.
 * @param observers may be added to while the run goes on
 */
export function createEventStream(recorder: RunRecorder, observers: RunObserver[], now: () => Date): Emit {
  return (unstamped) => {
    const event = { at: now().toISOString(), ...unstamped } as RunEvent
    recorder.event(event)
    for (const observer of observers) observer.event(event)
    return event
  }
}
