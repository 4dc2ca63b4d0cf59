import type { Assertion } from '../model/assertion.ts'
import { clip, columnsOf, pad } from '../reporters/columns.ts'
import type { Progress, RunningAttempt } from '../reporters/progress.ts'
import { oneLine } from '../reporters/safe-text.ts'
import { outcomeLooks, type Style } from '../reporters/style.ts'
import { placeOf, stageText, whoAndWhat } from '../reporters/wording.ts'

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
  /** When the run began; null before it did. */
  startedAt: number | null
}

/** One row per running check, as many as the screen holds, and one that sums up. */
export function liveRows(progress: Progress, context: RowContext): string[] {
  const running = [...progress.running.values()]
  const room = Math.max(1, context.screen.rows - 2)
  const fits = running.length <= room ? running.length : Math.max(0, room - 1)
  const shown = running.slice(0, fits)
  const left = running.length - fits
  return [
    ...shown.map((attempt) => attemptRow(attempt, nameColumns(shown, context.screen), context)),
    ...(left > 0 ? [context.style.dim(clip(`… and ${left} more running`, context.screen.columns))] : []),
    progressRow(progress, context),
  ]
}

function nameColumns(shown: RunningAttempt[], { columns }: Screen): number {
  const widest = Math.max(...shown.map((attempt) => columnsOf(titleOf(attempt))))
  return Math.min(widest, Math.max(10, Math.floor(columns * 0.35)))
}

function titleOf({ instance, attempt }: RunningAttempt): string {
  return attempt > 1 ? `${oneLine(instance)} #${attempt}` : oneLine(instance)
}

function attemptRow(attempt: RunningAttempt, nameWidth: number, { screen, style, now }: RowContext): string {
  const clock = formatClock(now - attempt.startedAt).padStart(7)
  const name = pad(titleOf(attempt), nameWidth)
  const room = screen.columns - nameWidth - 2 - clock.length
  if (room < 8) return clip(`${titleOf(attempt)} ${clock.trim()}`, screen.columns)
  return `${style.bold(name)}  ${pad(activityOf(attempt, room), room)}${style.dim(clock)}`
}

/** What the script waits for now; where it stands goes before it when there is room for both. */
function activityOf(attempt: RunningAttempt, room: number): string {
  const open = [...attempt.open.values()]
  const waiting = open.findLast((one) => one.kind !== 'subtest')
  const subtest = open.at(-1)
  if (waiting) return firstThatFits(waitingFor(waiting), room)
  if (subtest) return [...placeOf(subtest), oneLine(subtest.text)].at(-1) ?? ''
  if (attempt.phase !== null) return oneLine(attempt.phase)
  return attempt.stage === null ? 'starting' : stageText(attempt.stage)
}

/** From all that can be said to the least that helps. */
function waitingFor(assertion: Pick<Assertion, 'node' | 'kind' | 'text' | 'phase' | 'path'>): string[] {
  const text = oneLine(assertion.text)
  const what = `${whoAndWhat(assertion)} ${text}`.trim()
  return [
    [...placeOf(assertion).slice(-1), what].join(' › '),
    what,
    `${oneLine(assertion.kind)} ${text}`.trim(),
    text,
  ]
}

function firstThatFits(texts: string[], room: number): string {
  return texts.find((text) => columnsOf(text) <= room) ?? texts.at(-2) ?? ''
}

function progressRow(progress: Progress, { screen, style, now, startedAt }: RowContext): string {
  const total = Math.max(progress.planned.size, progress.ended.size + progress.running.size)
  const outcomes = [...progress.ended.values()]
  const bad = outcomes.filter((outcome) => outcome !== 'passed' && outcome !== 'skipped')
  const done = `${progress.ended.size}/${total} done`
  const parts = [
    progress.interrupted ? 'stopping' : done,
    ...(bad.length > 0 ? [badWords(bad)] : []),
    `${progress.running.size} running`,
    ...(startedAt === null ? [] : [formatClock(now - startedAt)]),
  ]
  const text = clip(parts.join(' · '), screen.columns)
  return bad.length > 0 ? style.bad(text) : style.dim(text)
}

function badWords(outcomes: (keyof typeof outcomeLooks)[]): string {
  const words = new Set(outcomes.map((outcome) => outcomeLooks[outcome].words))
  return words.size === 1 ? `${outcomes.length} ${[...words][0]}` : `${outcomes.length} not passed`
}

/** `0:07`, `12:05`, `1:02:03`: keeps its width while it counts. */
export function formatClock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
