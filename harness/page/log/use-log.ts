import { useMemo } from 'preact/hooks'
import { readLogIndex, readSegment } from '../embedded.ts'
import { useComplete } from '../shared/use-complete.ts'
import { LogText } from './log-text.ts'

/** The one that was opened last, because its check and its lines are looked at in turns. */
let opened: { log: number; text: LogText } | null = null

/** A log, as soon as the document has been read that far. @param log its number; null when it is not embedded */
export function useLog(log: number | null): LogText | null {
  const complete = useComplete()
  return useMemo(() => {
    if (log === null || !complete) return null
    if (opened?.log !== log) {
      opened = { log, text: new LogText(readLogIndex(log), (segment) => readSegment(log, segment)) }
    }
    return opened.text
  }, [log, complete])
}
