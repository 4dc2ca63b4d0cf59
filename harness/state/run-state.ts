import type { RunInfo } from '../model/report.ts'
import type { AttemptStage, PlannedInstance, RunEvent } from '../model/run-event.ts'
import type { AttemptState } from './attempt-state.ts'

type Told<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/** One execution of an instance, as far as the journal tells. */
export interface AttemptRecord {
  attempt: number
  folder: string
  startedAt: string
  stage: AttemptStage | null
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
  /** By instance id, in the order of the plan. */
  instances: Map<string, InstanceState>
}
