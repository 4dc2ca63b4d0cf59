import { join } from 'node:path'
import { journalName, readJournal } from '../../filesystem/journal.ts'
import { createRunRecorder } from '../../filesystem/run-recorder.ts'
import type { LogSink } from '../../model/log-event.ts'
import type { Instance } from '../../model/plan.ts'
import type { CheckReport } from '../../model/report.ts'
import type { RunEvent } from '../../model/run-event.ts'
import type { RunObserver } from '../../model/run-observer.ts'
import { GroupRules } from '../../plan/groups.ts'
import type { PlanItem } from '../../plan/plan.ts'
import { type DispatchOptions, dispatch } from '../../run/dispatcher.ts'
import { createEventStream, type Emit } from '../../run/event-stream.ts'
import type { LogReader } from '../../run/executor.ts'
import type { CheckSource } from '../../run/ports.ts'
import { emptyRun, foldRunEvent, type RunState, toRunReport } from '../../state/reduce.ts'
import { instance } from './checks.ts'
import { scratchFolder } from './scratch.ts'

export interface PlanRun {
  events: RunEvent[]
  /** By instance id. */
  reports: Record<string, CheckReport>
  folder: string
}

export interface RunPlanOptions extends Partial<DispatchOptions> {
  folder?: string
  signal?: AbortSignal
  observer?: Partial<RunObserver>
  readLog?: (sink: LogSink) => LogReader
}

/** A run that goes on, plan by plan. */
export interface OpenRun {
  folder: string
  /** What has happened so far. */
  state: RunState
  emit: Emit
  dispatch(items: PlanItem[]): Promise<void>
  close(): void
}

/** Opens a run with a journal on disk. */
export function openRun(
  source: CheckSource,
  { folder = scratchFolder(), signal, observer, readLog, ...options }: RunPlanOptions = {},
): OpenRun {
  const recorder = createRunRecorder(folder, (line) => {
    throw new Error(line)
  })
  const state = emptyRun()
  const observers: RunObserver[] = [
    { event: (event) => foldRunEvent(state, event), console: () => {}, close: () => {} },
    { event: () => {}, console: () => {}, close: () => {}, ...observer },
  ]
  const emit = createEventStream(recorder, observers, () => new Date())
  const noReader = { write: () => {}, end: () => {} }
  const ports = { source, recorder, observers, emit, readLog: readLog ?? (() => noReader) }
  const how: DispatchOptions = {
    budget: { memoryMiB: 1000, cores: null, jobs: null },
    retry: { retries: 0, on: 'any' },
    groups: new GroupRules([], true),
    failFast: false,
    force: true,
    via: 'build',
    accel: 'auto',
    cached: 'report',
    ...options,
  }
  return {
    folder,
    state,
    emit,
    dispatch: (items) => dispatch(items, ports, how, signal ?? new AbortController().signal),
    close: () => recorder.close(),
  }
}

/** Really runs instances of a source, with a journal on disk. @returns what the journal holds afterwards */
export async function runPlan(
  source: CheckSource,
  plan: (string | Instance | PlanItem)[],
  options: RunPlanOptions = {},
): Promise<PlanRun> {
  const run = openRun(source, options)
  await run.dispatch(plan.map(toItem))
  run.close()
  return { folder: run.folder, ...(await readBack(run.folder)) }
}

async function readBack(folder: string): Promise<Pick<PlanRun, 'events' | 'reports'>> {
  const state = emptyRun()
  const events: RunEvent[] = []
  for await (const event of readJournal(join(folder, journalName))) {
    events.push(event)
    foldRunEvent(state, event)
  }
  const { checks } = toRunReport(state)
  return { events, reports: Object.fromEntries(checks.map((check) => [check.name, check])) }
}

function toItem(one: string | Instance | PlanItem): PlanItem {
  if (typeof one === 'string') return { type: 'run', instance: instance(one) }
  return 'type' in one ? one : { type: 'run', instance: one }
}
