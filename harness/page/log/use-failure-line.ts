import { useEffect, useState } from 'preact/hooks'
import { failureLine } from '../check/consoles-around.ts'
import type { PageData } from '../data.ts'
import { readDetails } from '../embedded.ts'
import type { LogText } from './log-text.ts'

/** The line of a log at which its attempt failed; null until that is known, and when it did not or nothing tells. */
export function useFailureLine(
  data: PageData,
  n: number,
  attempt: number,
  log: LogText | null,
): number | null {
  const [line, setLine] = useState<number | null>(null)
  useEffect(() => {
    const check = data.checks[n]
    const failed = check?.logs.find((one) => one.attempt === attempt)?.outcome
    if (!log || !check || failed === 'passed') return
    // Only of the last attempt is it known which assertion failed.
    const cause = attempt === check.attempts ? (check.failure?.assertion ?? null) : null
    const began = cause === null ? null : (readDetails(n).assertions[cause]?.line ?? null)
    let isShown = true
    void failureLine(log, began).then((found) => {
      if (isShown) setLine(Math.min(found, log.index.lines))
    })
    return () => {
      isShown = false
    }
  }, [data, n, attempt, log])
  return line
}
