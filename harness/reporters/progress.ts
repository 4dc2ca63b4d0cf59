import type { LogEvent } from '../model/log-event.ts'
import type { Outcome } from '../model/outcome.ts'
import type { SymptomSighting } from '../model/report.ts'
import type { AttemptStage, RunEvent } from '../model/run-event.ts'
import { addSighting } from '../state/attempt-state.ts'
import { ConsoleTails } from '../state/console-tails.ts'
import { type Tally, tallyOf } from './wording.ts'

type Started = Extract<LogEvent, { type: 'assertionStarted' }>

/** An attempt that runs now, as far as a display needs it. Of a finished assertion it holds only how it counts. */
export interface RunningAttempt {
  instance: string
  attempt: number
  /** Milliseconds since 1970. */
  startedAt: number
  /** When its test time began, after inputs and waiting; null before. */
  testedSince: number | null
  stage: AttemptStage | null
  phase: string | null
  /** Started and not ended, in order: the last one is what the script waits for. */
  open: Map<number, Started>
  /** By index; a hole is an assertion that has not ended. */
  tallies: Tally[]
  /** Failed, and caught by the script as far as is known: told again when it turns out that they were not. */
  caught: Map<number, Started>
  symptoms: SymptomSighting[]
  tails: ConsoleTails
}

/** Where a run stands. */
export interface RunProgress {
  planned: Set<string>
  running: Map<string, RunningAttempt>
  /** The newest verdict on each instance that does not run now. */
  ended: Map<string, Outcome>
  interrupted: boolean
}

/** Console lines of each node that are shown with a failure while its check still runs. */
const tailLength = 12

/** Before the first event. */
export function createProgress(): RunProgress {
  return { planned: new Set(), running: new Map(), ended: new Map(), interrupted: false }
}

/** Changes `progress` by one event of the run. */
export function followEvent(progress: RunProgress, event: RunEvent): void {
  switch (event.type) {
    case 'instancePlanned':
      progress.planned.add(event.instance)
      return
    case 'instanceSkipped':
      // An attempt that found its result cached ends like this.
      progress.running.delete(event.instance)
      progress.ended.set(event.instance, 'skipped')
      return
    case 'instanceErrored':
      progress.ended.set(event.instance, 'errored')
      return
    case 'attemptStarted':
      progress.ended.delete(event.instance)
      progress.running.set(event.instance, newAttempt(event))
      return
    case 'attemptStaged': {
      const running = progress.running.get(event.instance)
      if (running) enterStage(running, event)
      return
    }
    case 'attemptLogged': {
      const running = progress.running.get(event.instance)
      if (running) followLog(running, event.event)
      return
    }
    case 'attemptEnded':
      progress.running.delete(event.instance)
      progress.ended.set(event.instance, event.outcome)
      return
    case 'runInterrupted':
      progress.interrupted = true
      return
    case 'runStarted':
    case 'checksSelected':
    case 'runResumed':
    case 'runEnded':
      return
  }
}

/** Remembers a console line for the failure that may follow. */
export function followConsole(progress: RunProgress, instance: string, node: string, text: string): void {
  progress.running.get(instance)?.tails.add(node, text)
}

function newAttempt(event: Extract<RunEvent, { type: 'attemptStarted' }>): RunningAttempt {
  return {
    instance: event.instance,
    attempt: event.attempt,
    startedAt: Date.parse(event.at),
    testedSince: null,
    stage: null,
    phase: null,
    open: new Map(),
    tallies: [],
    caught: new Map(),
    symptoms: [],
    tails: new ConsoleTails(tailLength),
  }
}

function enterStage(
  running: RunningAttempt,
  { stage, at }: Extract<RunEvent, { type: 'attemptStaged' }>,
): void {
  running.stage = stage
  if (stage === 'building' || stage === 'running') running.testedSince ??= Date.parse(at)
}

function followLog(running: RunningAttempt, event: LogEvent): void {
  switch (event.type) {
    case 'scriptStarted':
      running.stage = 'running'
      return
    case 'phaseEntered':
      running.phase = event.text
      return
    case 'assertionStarted':
      running.open.set(event.index, event)
      return
    case 'assertionEnded':
      endAssertion(running, event)
      return
    case 'symptomSeen':
      addSighting(running.symptoms, event)
      return
    case 'assertionsWithdrawn':
      for (const known of [running.open, running.caught]) {
        for (const index of known.keys()) if (index >= event.from) known.delete(index)
      }
      running.tallies.length = Math.min(running.tallies.length, event.from)
      return
    default:
      return
  }
}

function endAssertion(running: RunningAttempt, event: Extract<LogEvent, { type: 'assertionEnded' }>): void {
  const { index, outcome, caught } = event
  const started = running.open.get(index)
  running.open.delete(index)
  running.tallies[index] = tallyOf(event)
  if (started && caught && outcome !== 'passed') running.caught.set(index, started)
  if (!caught) running.caught.delete(index)
}
