import type { RunEvent, UnstampedRunEvent } from '../model/run-event.ts'
import type { RunObserver } from '../model/run-observer.ts'
import type { RunRecorder } from './ports.ts'

/** Says that something happened. */
export type Emit = (event: UnstampedRunEvent) => void

/** The one ordered stream: every event gets its time, stands in the journal, and is then shown. */
export function createEventStream(recorder: RunRecorder, observers: RunObserver[], now: () => Date): Emit {
  return (unstamped) => {
    const event = { at: now().toISOString(), ...unstamped } as RunEvent
    recorder.event(event)
    for (const observer of observers) observer.event(event)
  }
}
