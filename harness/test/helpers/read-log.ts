import { createDriverLogReader } from '../../log/driver-log-reader.ts'
import type { LogEvent } from '../../model/log-event.ts'
import type { CheckReport } from '../../model/report.ts'
import { emptyAttempt, foldLogEvent } from '../../state/attempt-state.ts'
import { toCheckReport } from '../../state/check-report.ts'

/** Every event of one driver log, written in cuts of `size` bytes. */
export function eventsOf(bytes: Uint8Array, size = bytes.length): LogEvent[] {
  const events: LogEvent[] = []
  const reader = createDriverLogReader({ event: (event) => events.push(structuredClone(event)) })
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  void reader.end()
  return events
}

/** The events folded as a run folds them. */
export function reportOf(events: LogEvent[]): CheckReport {
  const attempt = emptyAttempt()
  for (const event of events) foldLogEvent(attempt, event)
  return toCheckReport(attempt)
}

export function readLog(text: string | Uint8Array): CheckReport {
  return reportOf(eventsOf(typeof text === 'string' ? Buffer.from(text) : text))
}
