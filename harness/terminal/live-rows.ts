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
  const { screen, style, now } = context
  const isNarrow = screen.columns < sideBySide
  const height = isNarrow && running.length * 2 <= room ? 2 : 1
  const fits = running.length * height <= room ? running.length : Math.max(0, room - 1)
  const shown = running.slice(0, fits)
  const left = running.length - fits
  const clocks = shown.map(({ startedAt }) => formatClock(now - startedAt))
  const columns = { clock: widest(clocks), name: nameColumns(shown, screen) }
  return [
    ...shown.flatMap((one, at) => {
      const head = style.dim((clocks[at] ?? '').padStart(columns.clock))
      if (height === 2) return twoRows(one, `${head} `, columns.clock + 1, context)
      return isNarrow
        ? nameRow(one, `${head} `, columns.clock + 1, context)
        : oneRow(one, head, columns, context)
    }),
    ...(left > 0 && room > 0 ? [style.dim(clip(`+${left} more running`, screen.columns))] : []),
  ]
}

function widest(texts: string[]): number {
  return Math.max(0, ...texts.map(columnsOf))
}

function nameColumns(shown: RunningAttempt[], { columns }: Screen): number {
  return Math.min(widest(shown.map(titleOf)), Math.max(10, Math.floor(columns * 0.35)))
}

function titleOf({ instance, attempt }: RunningAttempt): string {
  return attempt > 1 ? `${oneLine(instance)} #${attempt}` : oneLine(instance)
}

function oneRow(
  attempt: RunningAttempt,
  clock: string,
  columns: { clock: number; name: number },
  { screen, style }: RowContext,
): string {
  const name = style.bold(pad(titleOf(attempt), columns.name))
  const room = screen.columns - columns.clock - columns.name - 4
  return `${clock}  ${name}  ${activityOf(attempt, room, style)}`
}

function twoRows(attempt: RunningAttempt, clock: string, indent: number, context: RowContext): string[] {
  const activity = activityOf(attempt, context.screen.columns - indent, context.style)
  return [nameRow(attempt, clock, indent, context), ' '.repeat(indent) + activity]
}

function nameRow(
  attempt: RunningAttempt,
  clock: string,
  indent: number,
  { screen, style }: RowContext,
): string {
  const room = screen.columns - indent
  return room < 4 ? clip(titleOf(attempt), screen.columns) : clock + style.bold(clip(titleOf(attempt), room))
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
  return (before === '' ? '' : style.dim(before)) + clip(what, room)
}
