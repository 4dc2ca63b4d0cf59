import type { Budget } from '../../../model/plan.ts'
import type { MergedRun } from '../../../model/report.ts'

/** A stretch in which a run went on without being cut off. Positions in seconds of work since the run began. */
export interface Stretch {
  from: number
  to: number
  /** Milliseconds since the epoch. */
  startedMs: number
  /** Name of the machine. */
  host: string
  budget: Budget | null
  /** Seconds between the end of the stretch before and this one's start; 0 for the first. */
  pause: number
}

/** When something began and ended, in milliseconds since the epoch. */
export interface Span {
  startMs: number
  endMs: number
}

/**
 * The time of a run without the nights in which it lay cut off.
 * @param spans of all its attempts
 */
export function stretchesOf(run: Omit<MergedRun, 'id'>, spans: readonly Span[]): Stretch[] {
  const first = { at: run.startedAt, host: run.host.name, budget: run.budget }
  const openings = [first, ...(run.resumptions ?? [])].map(({ at, host, budget }) => ({
    startMs: Date.parse(at),
    host,
    budget: budget ?? null,
  }))
  const stretches: Stretch[] = []
  let position = 0
  let endedMs = 0
  openings.forEach(({ startMs, host, budget }, index) => {
    const nextMs = openings[index + 1]?.startMs ?? Number.POSITIVE_INFINITY
    const inside = spans.filter((span) => isWithin(span, index === 0 ? 0 : startMs, nextMs))
    const runEndMs = nextMs === Number.POSITIVE_INFINITY && run.endedAt ? Date.parse(run.endedAt) : startMs
    const startedMs = index === 0 ? least(inside, startMs) : startMs
    const endMs = Math.max(startedMs, runEndMs, ...ends(inside))
    const to = position + (endMs - startedMs) / 1000
    const pause = index === 0 ? 0 : (startedMs - endedMs) / 1000
    stretches.push({ from: position, to, startedMs, host, budget, pause })
    position = to
    endedMs = endMs
  })
  return stretches
}

/** The stretch in which a moment lies, and its position in seconds of work. */
export function positionOf(stretches: readonly Stretch[], ms: number): { at: number; stretch: number } {
  const stretch = Math.max(
    0,
    stretches.findLastIndex(({ startedMs }) => startedMs <= ms),
  )
  const { from, to, startedMs } = stretches[stretch] as Stretch
  return { at: Math.min(to, Math.max(from, from + (ms - startedMs) / 1000)), stretch }
}

function isWithin({ startMs }: Span, fromMs: number, toMs: number): boolean {
  return startMs >= fromMs && startMs < toMs
}

/** A spread of thousands of arguments may be too much for a call. */
function ends(spans: readonly Span[]): number[] {
  return spans.length === 0 ? [] : [spans.reduce((latest, { endMs }) => Math.max(latest, endMs), 0)]
}

function least(spans: readonly Span[], startMs: number): number {
  return spans.reduce((earliest, span) => Math.min(earliest, span.startMs), startMs)
}
