import { type ConsolePart, consolesBefore, momentOfFailure } from '../log/log-line.ts'
import { segmentOf } from '../log/log-rows.ts'
import type { LogText } from '../log/log-text.ts'

/** Of each console. */
const mostLines = 40

/** Segments looked through for what a quiet node said, some 16 MiB: as many as `LogText` keeps. */
const mostSegments = 64

/**
 * The last console lines of all nodes before something failed, however long ago a quiet one said them.
 * @param began line of the assertion that failed; null when it was none: then the end of the log tells
 */
export async function consolesAround(
  log: LogText,
  nodes: readonly string[],
  began: number | null,
): Promise<ConsolePart[]> {
  const moment = await failureLine(log, began)
  const parts = new Map(nodes.map((node): [string, ConsolePart] => [node, { node, lines: [] }]))
  const last = segmentOf(log.index, Math.min(moment, log.index.lines))
  for (let at = last; at >= 0 && at > last - mostSegments; at--) {
    const wanting = nodes.filter((node) => (parts.get(node)?.lines.length ?? 0) < mostLines)
    if (wanting.length === 0) break
    const first = log.index.segments[at]?.line ?? 1
    const around = { first, moment, nodes: wanting, most: mostLines }
    for (const { node, lines } of consolesBefore(await log.segment(at), around)) {
      const part = parts.get(node)
      if (part) part.lines = [...lines, ...part.lines].slice(-mostLines)
    }
  }
  return [...parts.values()]
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
