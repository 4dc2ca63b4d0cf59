import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { appendHistory } from '../../filesystem/history-store.ts'
import { createRunRecorder } from '../../filesystem/run-recorder.ts'
import type { LogEvent } from '../../model/log-event.ts'
import type { ConsoleTail, Failure, RunInfo } from '../../model/report.ts'
import type { PlannedInstance, UnstampedRunEvent } from '../../model/run-event.ts'
import { createEventStream } from '../../run/event-stream.ts'
import { toHistoryRecord } from '../../state/history-record.ts'
import { emptyRun, foldRunEvent } from '../../state/reduce.ts'

type Ended = Extract<UnstampedRunEvent, { type: 'attemptEnded' }>
type Stage = Extract<UnstampedRunEvent, { type: 'attemptStaged' }>['stage']

/** An attempt that was never made. Times in seconds since the run began. */
export interface MadeAttempt {
  at: number
  seconds: number
  outcome?: Ended['outcome']
  /** In seconds since the attempt began. */
  stages?: [Stage, number][]
  /** What its log tells, spread evenly over its time. */
  events?: LogEvent[]
  failure?: Partial<Failure>
  /** Pieces of driver.log. */
  log?: Iterable<string>
  consoles?: ConsoleTail[]
  notes?: string[]
  details?: string[]
  nodes?: Ended['nodes']
}

/** A check of a run that was never made. */
export type MadeCheck = { check: string } & Partial<PlannedInstance> & {
    attempts?: MadeAttempt[]
    /** Why it was not attempted. */
    skipped?: string
  }

/** A run that was never made. */
export interface MadeRun {
  checks: MadeCheck[]
  info?: Partial<RunInfo>
  /** How long it took, in seconds. */
  seconds?: number
  exitCode?: number
}

/**
 * Writes what a run leaves behind with the real writers: journal, logs, history. Its reports are left to
 * `vmproof report`.
 * @param out folder of all runs
 * @returns folder of the run
 */
export function makeRun(out: string, id: string, { checks, info, seconds, exitCode = 0 }: MadeRun): string {
  const folder = join(out, id)
  mkdirSync(folder, { recursive: true })
  const startedAt = info?.startedAt ?? '2026-11-20T08:00:00.000Z'
  const recorder = createRunRecorder(folder, (problem) => {
    throw new Error(problem)
  })
  const state = emptyRun()
  const observer = {
    event: (event: Parameters<typeof foldRunEvent>[1]) => {
      foldRunEvent(state, event)
      if (event.type !== 'attemptEnded') return
      const instance = state.instances.get(event.instance)
      const attempt = instance?.attempts.at(-1)
      const record = instance && attempt && toHistoryRecord(state, instance, attempt)
      if (record) appendHistory(join(out, 'history'), record)
    },
    console: () => {},
    close: () => {},
  }
  let nowMs = Date.parse(startedAt)
  const emit = createEventStream(recorder, [observer], () => new Date(nowMs))
  const told: [number, UnstampedRunEvent][] = []
  emit({ type: 'runStarted', schema: 1, run: { ...runInfo(id, startedAt), ...info } })
  for (const made of checks) {
    const planned = plannedOf(made)
    emit({ type: 'instancePlanned', ...planned })
    if (made.skipped !== undefined) emit(skip(planned.instance, made.skipped))
    made.attempts?.forEach((attempt, index) => {
      const files = recorder.attempt(planned.instance, index + 1)
      for (const piece of attempt.log ?? []) files.log(Buffer.from(piece))
      for (const { node, lines } of attempt.consoles ?? []) {
        for (const line of lines) files.console(node, line)
      }
      files.close()
      told.push(...eventsOf(attempt, { instance: planned.instance, attempt: index + 1 }, files.folder))
    })
  }
  for (const [at, event] of told.sort(([a], [b]) => a - b)) {
    nowMs = Date.parse(startedAt) + Math.round(at * 1000)
    emit(event)
  }
  const last = seconds ?? told.at(-1)?.[0] ?? 0
  nowMs = Date.parse(startedAt) + Math.round(last * 1000)
  emit({ type: 'runEnded', seconds: last, exitCode })
  recorder.close()
  return folder
}

function runInfo(id: string, startedAt: string): RunInfo {
  return {
    id,
    startedAt,
    endedAt: null,
    seconds: null,
    vmproofVersion: '0.1.0',
    host: { name: 'builder-1', system: 'x86_64-linux', cores: 8, memoryMiB: 16_384 },
    command: ['vmproof', 'run'],
    interrupted: false,
    exitCode: null,
    budget: { memoryMiB: 14_336, cores: 8, jobs: null },
  }
}

function plannedOf({ attempts: _, skipped: __, ...facts }: MadeCheck): PlannedInstance {
  return {
    instance: facts.profile ? `${facts.check}@${facts.profile}` : facts.check,
    kind: 'vm',
    profile: null,
    accelerator: 'tcg',
    tags: [],
    system: 'x86_64-linux',
    derivation: null,
    namedExplicitly: false,
    needs: { memoryMiB: 1024, cores: 1 },
    ...facts,
  }
}

function skip(instance: string, reason: string): UnstampedRunEvent {
  return {
    type: 'instanceSkipped',
    instance,
    kind: 'cannot-run-here',
    reason,
    execution: 'unknown',
    earlier: [],
  }
}

function eventsOf(
  made: MadeAttempt,
  which: { instance: string; attempt: number },
  folder: string,
): [number, UnstampedRunEvent][] {
  const { at, seconds, stages = [], events = [] } = made
  return [
    [at, { type: 'attemptStarted', ...which, folder }],
    ...stages.map(([stage, after]): [number, UnstampedRunEvent] => [
      at + after,
      { type: 'attemptStaged', ...which, stage },
    ]),
    ...events.map((event, index): [number, UnstampedRunEvent] => [
      at + (seconds * (index + 1)) / (events.length + 1),
      { type: 'attemptLogged', ...which, event },
    ]),
    [at + seconds, ended(made, which)],
  ]
}

function ended(made: MadeAttempt, which: { instance: string; attempt: number }): UnstampedRunEvent {
  const { outcome = 'passed', failure, consoles = [], notes = [], nodes = [] } = made
  const failed = failure && {
    assertion: null,
    node: null,
    kind: 'python' as const,
    message: '',
    traceback: [],
  }
  return {
    type: 'attemptEnded',
    ...which,
    outcome,
    execution: 'executed',
    accelerator: 'tcg',
    seconds: made.seconds,
    failure: failed ? { ...failed, ...failure } : null,
    nodes,
    notes,
    consoles,
    ...(made.details && { details: made.details }),
  }
}
