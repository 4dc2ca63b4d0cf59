import type { AttemptTimes, RunInfo } from '../model/report.ts'
import type { AttemptStage, PlannedInstance, RunEvent, SelectedName } from '../model/run-event.ts'
import type { AttemptState } from './attempt-state.ts'

type Told<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/** One execution of an instance, as far as the journal tells. */
export interface AttemptRecord {
  attempt: number
  folder: string
  startedAt: string
  /** Its last event; ISO 8601. */
  lastAt: string
  stage: AttemptStage | null
  /** When each stage began. */
  stages: AttemptTimes['stages']
  log: AttemptState
  /** null while it runs, and for good when the run was cut off. */
  ended: Told<'attemptEnded'> | null
}

/** One instance, as far as the journal tells. */
export interface InstanceState {
  planned: PlannedInstance
  skipped: Told<'instanceSkipped'> | null
  errored: Told<'instanceErrored'> | null
  attempts: AttemptRecord[]
}

/** What the events of a run add up to. */
export interface RunState {
  run: RunInfo
  /** null when the journal does not tell. */
  selected: SelectedName[] | null
  /** When the run began, or last went on, and its last event; ISO 8601, null before the first. */
  since: string | null
  lastAt: string | null
  /** By instance id, in the order of the plan. */
  instances: Map<string, InstanceState>
}
