import { type ConsolePart, consolesBefore, momentOfFailure } from '../log/log-line.ts'
import { segmentOf } from '../log/log-rows.ts'
import type { LogText } from '../log/log-text.ts'

/** Of each console. */
const mostLines = 40

/**
 * The last console lines of all nodes before something failed.
 * @param began line of the assertion that failed; null when it was none: then the end of the log tells
 */
export async function consolesAround(
  log: LogText,
  nodes: readonly string[],
  began: number | null,
): Promise<ConsolePart[]> {
  const moment = await failureLine(log, began)
  const at = segmentOf(log.index, Math.min(moment, log.index.lines))
  const [before, segment] = [await log.segment(at - 1), await log.segment(at)]
  const first = (log.index.segments[at]?.line ?? 1) - before.length
  return consolesBefore([...before, ...segment], { first, moment, nodes, most: mostLines })
}

/** The line at which it turned out that something failed: that may be many minutes behind the one where it began. */
export async function failureLine(log: LogText, began: number | null): Promise<number> {
  const { segments, lines } = log.index
  const start = began === null ? -1 : segmentOf(log.index, began)
  if (began === null || start < 0) return lines + 1
  for (let at = start; at < segments.length; at++) {
    const first = segments[at]?.line ?? 1
    const found = momentOfFailure(await log.segment(at), first, Math.max(began, first))
    if (found !== null) return found
  }
  return lines + 1
}
