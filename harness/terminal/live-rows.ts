import type { Assertion } from '../model/assertion.ts'
import { clip, columnsOf, pad } from '../reporters/columns.ts'
import type { RunningAttempt } from '../reporters/progress.ts'
import { oneLine } from '../reporters/safe-text.ts'
import type { Style } from '../reporters/style.ts'
import { placeOf, stageText, whoAndWhat } from '../reporters/wording.ts'
import { formatClock } from './clock.ts'

/** The size of a terminal. */
export interface Screen {
  columns: number
  rows: number
}

/** What to draw against. */
export interface RowContext {
  screen: Screen
  style: Style
  /** Milliseconds since 1970. */
  now: number
}

/** Fewer columns than this do not hold a name and what it waits for side by side. */
const sideBySide = 60

/** A row for each running check, two where the terminal is narrow and has them, as many as `room` rows hold. */
export function attemptRows(running: RunningAttempt[], room: number, context: RowContext): string[] {
  const { screen, style } = context
  const height = screen.columns < sideBySide && running.length * 2 <= room ? 2 : 1
  const fits = running.length * height <= room ? running.length : Math.max(0, room - 1)
  const shown = running.slice(0, fits)
  const left = running.length - fits
  const names = nameColumns(shown, screen)
  return [
    ...shown.flatMap((one) => (height === 2 ? twoRows(one, context) : oneRow(one, names, context))),
    ...(left > 0 && room > 0 ? [style.dim(clip(`+${left} more running`, screen.columns))] : []),
  ]
}

function nameColumns(shown: RunningAttempt[], { columns }: Screen): number {
  const widest = Math.max(...shown.map((attempt) => columnsOf(titleOf(attempt))))
  return Math.min(widest, Math.max(10, Math.floor(columns * 0.35)))
}

function titleOf({ instance, attempt }: RunningAttempt): string {
  return attempt > 1 ? `${oneLine(instance)} #${attempt}` : oneLine(instance)
}

function oneRow(attempt: RunningAttempt, nameWidth: number, context: RowContext): string[] {
  const { screen, style, now } = context
  const clock = formatClock(now - attempt.startedAt)
  const room = screen.columns - nameWidth - 4 - clock.length
  if (room < 8) return [nameRow(attempt, context)]
  const row = `${style.bold(pad(titleOf(attempt), nameWidth))}  ${activityOf(attempt, room, style)}`
  return [row + atRightEdge(clock, context)]
}

function twoRows(attempt: RunningAttempt, context: RowContext): string[] {
  const { screen, style } = context
  return [nameRow(attempt, context), `  ${activityOf(attempt, screen.columns - 2, style)}`]
}

function nameRow(attempt: RunningAttempt, context: RowContext): string {
  const { screen, style, now } = context
  const clock = formatClock(now - attempt.startedAt)
  const room = screen.columns - clock.length - 1
  if (room < 1) return clip(titleOf(attempt), screen.columns)
  return style.bold(clip(titleOf(attempt), room)) + atRightEdge(clock, context)
}

/** Terminals do not agree on the width of all characters, so the column is said and not counted. */
function atRightEdge(text: string, { screen, style }: RowContext): string {
  return `\x1b[${screen.columns - text.length + 1}G${style.dim(text)}`
}

/** What the script waits for now; where it stands goes before it when there is room for both. */
function activityOf(attempt: RunningAttempt, room: number, style: Style): string {
  const open = [...attempt.open.values()]
  const waiting = open.findLast(({ kind }) => kind !== 'subtest')
  if (waiting) return fitted(waitingFor(waiting), room, style)
  const subtest = open.at(-1)
  const place = subtest ? [...placeOf(subtest), oneLine(subtest.text)] : placeBetween(attempt)
  if (place.length > 0) return fitted(trails(place), room, style)
  return clip(attempt.stage === null ? 'starting' : stageText(attempt.stage), room)
}

function placeBetween({ phase }: RunningAttempt): string[] {
  return phase === null ? [] : [oneLine(phase)]
}

/** A text, and the place that goes before it. */
type Activity = [place: string[], what: string]

/** From all that can be said to the least that helps. */
function waitingFor(assertion: Pick<Assertion, 'node' | 'kind' | 'text' | 'phase' | 'path'>): Activity[] {
  const text = oneLine(assertion.text)
  const what = `${whoAndWhat(assertion)} ${text}`.trim()
  const place = placeOf(assertion)
  return [
    ...place.map((_, at): Activity => [place.slice(at), what]),
    [[], what],
    [[], `${oneLine(assertion.kind)} ${text}`.trim()],
    [[], text || oneLine(assertion.kind)],
  ]
}

/** The innermost part says most. */
function trails(place: string[]): Activity[] {
  return place.map((_, at): Activity => [place.slice(at, -1), place.at(-1) ?? ''])
}

function fitted(activities: Activity[], room: number, style: Style): string {
  const whole = activities.find(([place, what]) => columnsOf([...place, what].join(' › ')) <= room)
  // What does not fit at all still begins with who waits.
  const [place, what] = whole ?? [[], activities.at(room < 30 ? -1 : -3)?.[1] ?? '']
  const before = place.map((part) => `${part} › `).join('')
  return style.dim(before) + clip(what, room)
}
