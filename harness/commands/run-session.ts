import { join } from 'node:path'
import { wordsFor } from '../filesystem/errors.ts'
import { appendHistory } from '../filesystem/history-store.ts'
import { pointLatest, type RunFolder } from '../filesystem/run-folder.ts'
import { createRunRecorder } from '../filesystem/run-recorder.ts'
import { createDriverLogReader } from '../log/driver-log-reader.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { RunReport } from '../model/report.ts'
import type { RunEvent, UnstampedRunEvent } from '../model/run-event.ts'
import type { RunObserver } from '../model/run-observer.ts'
import { toSeconds } from '../model/units.ts'
import type { Budget } from '../plan/budget.ts'
import type { GroupRules } from '../plan/groups.ts'
import type { Plan } from '../plan/plan.ts'
import type { RetryPolicy } from '../plan/retry.ts'
import { killDescendants } from '../process/kill-tree.ts'
import { formatRunJson } from '../reporters/json.ts'
import type { ReportKind } from '../reporters/report-kinds.ts'
import { formatTree } from '../reporters/tree.ts'
import { dispatch } from '../run/dispatcher.ts'
import { createEventStream } from '../run/event-stream.ts'
import type { ExecutorPorts } from '../run/executor.ts'
import type { CheckSource } from '../run/ports.ts'
import { toHistoryRecord } from '../state/history-record.ts'
import { foldRunEvent, type RunState, secondsOfWork, toRunReport } from '../state/reduce.ts'
import type { RunView } from '../terminal/live.ts'
import type { RunArguments } from './arguments.ts'
import { foldFor, tellCi } from './ci-reports.ts'
import type { Interruption } from './interruption.ts'
import { keepJunitSoFar } from './junit-so-far.ts'
import type { People } from './people.ts'
import { leftOutText } from './plan-text.ts'
import { printSummary, publishReports } from './publish.ts'
import { runExitCode } from './run-exit-code.ts'
import { shownPath } from './shown-path.ts'
import { print } from './standard-streams.ts'
import { withSweep } from './sweep-report.ts'
import { verbosityOf } from './verbosity.ts'

/** Everything a run needs from its surroundings. */
export interface Session {
  args: RunArguments
  folder: RunFolder
  historyFolder: string
  budget: Budget
  retry: RetryPolicy
  groups: GroupRules
  failFast: boolean
  reports: ReportKind[]
  source: CheckSource
  interruption: Interruption
  people: People
  /** What is known of the run already; changed by all that happens. */
  state: RunState
  /** The first events. */
  opening: UnstampedRunEvent[]
  /**
   * Evaluates and plans; after an abort of the signal with what is known until then. Each plan is asked for when the one
   * before was run, and goes by what that came to.
   */
  plans(signal: AbortSignal): AsyncIterable<Plan>
}

/** One run from its first event to its reports. What cannot be written is told, and does not stop it. */
export async function runSession(session: Session): Promise<ExitCode> {
  const { folder, people, state } = session
  const recorder = createRunRecorder(folder.path, (line) =>
    people.warn(`${line}; the run goes on, what it finds is printed at its end`),
  )
  const observers = [foldInto(state), keepHistory(session.historyFolder, state, people)]
  const emit = createEventStream(recorder, observers, () => new Date())
  const startedMs = performance.now()
  const secondsBefore = secondsOfWork(state)
  const opening = session.opening.map(emit)
  linkLatest(session)
  if (session.reports.includes('junit')) {
    const { junitGranularity } = session.args
    const now = () => performance.now()
    observers.push(keepJunitSoFar(state, { folder: folder.path, junitGranularity }, now))
  }
  const ports = { source: session.source, recorder, observers, emit, readLog: createDriverLogReader }
  await runPlans(session, ports, opening)
  const exitCode = exitCodeFor(session, state, recorder.problem())
  const seconds = toSeconds(secondsBefore * 1000 + performance.now() - startedMs)
  emit({ type: 'runEnded', seconds, exitCode })
  recorder.close()
  const report = await withSweep(toRunReport(state), {
    out: session.args.out,
    historyFolder: session.historyFolder,
    warn: people.warn,
  })
  const unwritten = await publish(session, report)
  return atLeastInfrastructure(exitCode, unwritten || recorder.problem() !== null)
}

/** @param opening events that happened before anybody could watch */
async function runPlans(session: Session, ports: ExecutorPorts, opening: RunEvent[]): Promise<void> {
  const { people, args } = session
  const verbosity = verbosityOf(args)
  const { signal } = session.interruption
  let view: RunView | null = null
  try {
    for await (const plan of session.plans(signal)) {
      if (verbosity !== 'quiet') people.write(leftOutText(plan))
      if (view === null) {
        view = people.watch({
          verbosity,
          rules: { budget: session.budget, groups: session.groups },
          fold: foldFor(session.reports),
        })
        for (const event of opening) view.event(event)
        ports.observers.push(view)
      }
      view.planned(plan.items.map(({ instance }) => instance))
      await dispatch(plan.items, ports, dispatchOptions(session), signal)
      if (signal.aborted) break
    }
  } catch (error) {
    // A bug ended the dispatcher: what it had started must not go on without it.
    killDescendants()
    throw error
  } finally {
    view?.close()
  }
}

function foldInto(state: RunState): RunObserver {
  return { event: (event) => foldRunEvent(state, event), console: () => {}, close: () => {} }
}

function dispatchOptions({ args, budget, retry, groups, failFast }: Session) {
  return {
    budget,
    retry,
    groups,
    failFast,
    force: args.force,
    via: args.via,
    accel: args.accel,
    cached: args.cached,
  }
}

/** Each attempt enters the history when it ends: what killed the run later does not take it away. */
function keepHistory(folder: string, state: RunState, { warn }: People): RunObserver {
  let failed = false
  const keep = (instance: string) => {
    const known = state.instances.get(instance)
    const attempt = known?.attempts.at(-1)
    const record = known && attempt && toHistoryRecord(state, known, attempt)
    if (record) appendHistory(folder, record)
  }
  const event = (happened: RunEvent) => {
    if (happened.type !== 'attemptEnded' || failed) return
    try {
      keep(happened.instance)
    } catch (error) {
      failed = true
      warn(`${shownPath(folder)}: this run is not kept in the history, ${wordsFor(error)}`)
    }
  }
  return { event, console: () => {}, close: () => {} }
}

/** A convenience: the run is complete without it. */
function linkLatest({ args, folder, people }: Session): void {
  try {
    pointLatest(args.out, folder.id)
  } catch (error) {
    people.warn(`${join(args.out, 'latest')} still points elsewhere: ${wordsFor(error)}`)
  }
}

function exitCodeFor({ args, interruption }: Session, state: RunState, problem: string | null): ExitCode {
  const code = runExitCode(toRunReport(state), { signal: interruption.cause(), strict: args.strict })
  return atLeastInfrastructure(code, problem !== null)
}

/** A run whose files are incomplete is not fine, but a failure or an interruption says more. */
function atLeastInfrastructure(code: ExitCode, troubled: boolean): ExitCode {
  const weaker: ExitCode[] = [exitCodes.passed, exitCodes.nothingMatched, exitCodes.notExecuted]
  return troubled && weaker.includes(code) ? exitCodes.infrastructure : code
}

/** Writes the reports and tells people how it went. @returns whether something could not be written */
async function publish(session: Session, report: RunReport): Promise<boolean> {
  const { people, args, folder, reports, historyFolder } = session
  const publication = {
    folder: folder.path,
    kinds: reports,
    historyFolder,
    junitGranularity: args.junitGranularity,
  }
  const { written, problems, remarks } = await publishReports(report, publication)
  // What has no file is at least seen.
  if (problems.length > 0) people.write(formatTree(report.checks, { color: people.color, width: Infinity }))
  printSummary(report, { folder: folder.path, written, verbosity: verbosityOf(args), isNewest: true }, people)
  await tellCi(report, publication, people)
  for (const line of [...problems, ...remarks]) people.warn(line)
  if (args.json) print(formatRunJson(report))
  return problems.length > 0
}
