import { seriesOf } from '../model/history.ts'
import type { RunReport } from '../model/report.ts'
import type { AttemptStage, PlannedInstance, RunEvent } from '../model/run-event.ts'
import { toSeconds } from '../model/units.ts'
import { emptyAttempt, foldLogEvent } from './attempt-state.ts'
import { isWholeRunEvent } from './event-shape.ts'
import { toInstanceReport } from './instance-report.ts'
import type { AttemptRecord, InstanceState, RunState } from './run-state.ts'

export type { RunState } from './run-state.ts'

/** The state before the first event; a journal whose head is lost keeps these words. */
export function emptyRun(): RunState {
  return {
    run: {
      id: 'unknown',
      startedAt: '1970-01-01T00:00:00.000Z',
      endedAt: null,
      seconds: null,
      vmproofVersion: 'unknown',
      host: { name: 'unknown', system: 'unknown', cores: 0, memoryMiB: 0 },
      command: [],
      interrupted: false,
      exitCode: null,
      signal: null,
    },
    selected: null,
    since: null,
    lastAt: null,
    instances: new Map(),
  }
}

/**
 * Folds one event into the run. Changes `state`: a run may hold a hundred thousand assertions. Events of a type
 * that this version does not know, and events that lack a part, change nothing.
 */
export function foldRunEvent(state: RunState, event: RunEvent): void {
  if (!isWholeRunEvent(event)) return
  state.lastAt = event.at
  switch (event.type) {
    case 'runStarted':
      state.run = { ...state.run, ...event.run }
      state.since = event.at
      return
    case 'checksSelected':
      state.selected = event.checks
      return
    case 'runResumed':
      goOn(state, event)
      return
    case 'instancePlanned': {
      const { at: _, type: __, ...planned } = event
      // Planned again, it starts afresh; its attempts stay.
      Object.assign(instanceOf(state, event.instance), { planned, skipped: null, errored: null })
      return
    }
    case 'instanceSkipped':
      instanceOf(state, event.instance).skipped = event
      return
    case 'instanceErrored':
      instanceOf(state, event.instance).errored = event
      return
    case 'attemptStarted':
      Object.assign(attemptOf(state, event), { folder: event.folder, startedAt: event.at })
      return
    case 'attemptStaged':
      enterStage(attemptOf(state, event), event)
      return
    case 'attemptLogged':
      foldLogEvent(attemptOf(state, event).log, event.event)
      return
    case 'attemptEnded':
      attemptOf(state, event).ended = event
      return
    case 'runInterrupted':
      state.run = { ...state.run, interrupted: true, signal: event.signal }
      return
    case 'runEnded':
      state.run = { ...state.run, endedAt: event.at, seconds: event.seconds, exitCode: event.exitCode }
      return
  }
}

/** Waiting for a lock may be told many times. */
function enterStage(record: AttemptRecord, { stage, at }: { stage: AttemptStage; at: string }): void {
  if (record.stage !== stage) record.stages.push({ stage, at })
  record.stage = stage
}

/** What ended the run before ends it no more. */
function goOn(state: RunState, event: Extract<RunEvent, { type: 'runResumed' }>): void {
  const { type: _, ...resumption } = event
  const { resumptions = [] } = state.run
  const unended = { endedAt: null, seconds: null, exitCode: null, interrupted: false, signal: null }
  state.run = {
    ...state.run,
    ...unended,
    strict: event.strict,
    resumptions: [...resumptions, resumption],
  }
  state.since = event.at
}

/** How long the run went on, without the time in which it was cut off. */
export function secondsOfWork({ run, since, lastAt }: RunState): number {
  const before = run.resumptions?.at(-1)?.secondsBefore ?? 0
  return since === null || lastAt === null
    ? before
    : before + toSeconds(Date.parse(lastAt) - Date.parse(since))
}

/**
 * `run.json`: what stands now, as if the run were cut off here. Attempts that have not ended are interrupted,
 * instances that never started are skipped. Needs no clock, so a live run and its journal give the same.
 */
export function toRunReport(state: RunState): RunReport {
  return { schema: 1, run: state.run, checks: [...state.instances.values()].map(toInstanceReport) }
}

/** The same for a run that is over, whatever ended it: of one that was cut off before it had a plan, what was selected. */
export function toFinalReport(state: RunState): RunReport {
  const { instances, selected, run } = state
  if (instances.size > 0 || run.endedAt !== null || selected === null) return toRunReport(state)
  const checks = selected.map(({ name, ...facts }) => {
    const id = seriesOf({ check: name, profile: facts.profile })
    const planned = { ...unplanned(id), ...facts }
    return toInstanceReport({ planned, skipped: null, errored: null, attempts: [] })
  })
  return { schema: 1, run, checks }
}

function instanceOf(state: RunState, id: string): InstanceState {
  const known = state.instances.get(id)
  if (known) return known
  const instance = { planned: unplanned(id), skipped: null, errored: null, attempts: [] }
  state.instances.set(id, instance)
  return instance
}

/** For an instance whose line of the plan is lost: its id tells check and profile. */
function unplanned(id: string): PlannedInstance {
  const at = id.lastIndexOf('@')
  return {
    instance: id,
    check: at > 0 ? id.slice(0, at) : id,
    kind: 'nixos',
    profile: at > 0 ? id.slice(at + 1) : null,
    accelerator: null,
    tags: [],
    system: null,
    derivation: null,
    namedExplicitly: false,
  }
}

/** The attempt that an event is about, which lives as long as events tell of it. */
function attemptOf(state: RunState, event: { instance: string; attempt: number; at: string }): AttemptRecord {
  const { attempts } = instanceOf(state, event.instance)
  const known = attempts.find((one) => one.attempt === event.attempt)
  if (known) {
    known.lastAt = event.at
    return known
  }
  const record: AttemptRecord = {
    attempt: event.attempt,
    folder: '',
    startedAt: event.at,
    lastAt: event.at,
    stage: null,
    stages: [],
    log: emptyAttempt(),
    ended: null,
  }
  attempts.push(record)
  return record
}
