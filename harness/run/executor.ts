import type { LogEvent, LogSink } from '../model/log-event.ts'
import type { Accelerator, Outcome } from '../model/outcome.ts'
import type { Instance } from '../model/plan.ts'
import type { NodeReport } from '../model/report.ts'
import type { RunObserver } from '../model/run-observer.ts'
import { acceleratorAsked } from '../plan/profiles.ts'
import { type AttemptState, emptyAttempt, foldLogEvent } from '../state/attempt-state.ts'
import { ConsoleTails } from '../state/console-tails.ts'
import { judge } from '../state/judge.ts'
import type { Emit } from './event-stream.ts'
import type {
  AttemptFiles,
  AttemptObserver,
  AttemptRequest,
  AttemptResult,
  CheckSource,
  RunRecorder,
} from './ports.ts'

/** Turns the bytes of a log into events, in the order of the bytes. */
export interface LogReader {
  write(bytes: Uint8Array): void
  /** The log is over. All events are delivered when it resolves, `logEnded` last. */
  end(): void | Promise<void>
}

/** The outside of a run: where checks come from, and who is told what happened. */
export interface ExecutorPorts {
  source: CheckSource
  recorder: RunRecorder
  observers: RunObserver[]
  emit: Emit
  readLog(sink: LogSink): LogReader
}

/** How attempts are made, the same for all of a run. */
export type AttemptOptions = Pick<AttemptRequest, 'force' | 'via' | 'accel'> & {
  /** What a result that was not executed now becomes: `fail` fails the check, `report` skips it. */
  cached: 'fail' | 'report'
}

/** Executes an instance once and tells everything about it. @returns the outcome, for retries */
export async function executeAttempt(
  job: { instance: Instance; attempt: number },
  ports: ExecutorPorts,
  options: AttemptOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const { instance, attempt } = job
  const files = ports.recorder.attempt(instance.id, attempt)
  ports.emit({ type: 'attemptStarted', instance: instance.id, attempt, folder: files.folder })
  const listener = listen(job, ports, files)
  const { cached, ...execution } = options
  const request = {
    ...job,
    ...execution,
    accel: acceleratorAsked(instance.conditions ?? null, execution.accel),
    folder: files.path,
    timeoutSeconds: instance.timeoutSeconds,
  }
  const result = await ports.source.attempt(request, listener.observer, signal).catch(asBroken)
  await listener.end()
  files.close()
  const ended = { job, listener, result }
  if (!wasCached(result)) return conclude(ended, ports)
  return cached === 'fail' ? refuse(ended, ports) : skip(ended, ports, signal)
}

/** Console lines of each node that the journal keeps of a failure. */
const tailLength = 20

interface Listener {
  observer: AttemptObserver
  state: AttemptState
  tails: ConsoleTails
  end(): Promise<void>
}

/** Sends what comes from a source where it belongs: bytes to the file and the reader, events to the stream. */
function listen(
  { instance, attempt }: { instance: Instance; attempt: number },
  ports: ExecutorPorts,
  files: AttemptFiles,
): Listener {
  const state = emptyAttempt()
  const tails = new ConsoleTails(tailLength)
  const event = (logged: LogEvent) => {
    foldLogEvent(state, logged)
    ports.emit({ type: 'attemptLogged', instance: instance.id, attempt, event: logged })
  }
  const console = (node: string, text: string) => {
    files.console(node, text)
    tails.add(node, text)
    for (const observer of ports.observers) observer.console(instance.id, node, text)
  }
  let reader: LogReader | null = null
  return {
    state,
    tails,
    observer: {
      event,
      console,
      record: (bytes) => files.log(bytes),
      stage: (stage) => ports.emit({ type: 'attemptStaged', instance: instance.id, attempt, stage }),
      log: (bytes) => {
        files.log(bytes)
        reader ??= ports.readLog({ event, console })
        reader.write(bytes)
      },
    },
    end: async () => reader?.end(),
  }
}

interface EndedAttempt {
  job: { instance: Instance; attempt: number }
  listener: Listener
  result: AttemptResult
}

function conclude({ job, listener, result }: EndedAttempt, ports: ExecutorPorts): Outcome {
  const { state } = listener
  const { outcome, failure, notes } = judge({
    log: state,
    end: result.end,
    execution: result.execution,
    kind: job.instance.check.kind,
    isVmTest: job.instance.metadata?.isVmTest ?? true,
    timeoutSeconds: job.instance.timeoutSeconds,
  })
  // Where the log itself names what failed, its last lines add nothing.
  const isNamed = result.end.type === 'builder-failed' && failure?.kind !== 'build'
  ports.emit({
    ...attemptEnded({ job, listener, result }, state.accelerator ?? job.instance.accelerator),
    ...(isNamed && { details: [] }),
    outcome,
    failure,
    notes: [...result.notes, ...notes],
    consoles: outcome === 'passed' ? [] : listener.tails.all(),
  })
  return outcome
}

function attemptEnded({ job, listener, result }: EndedAttempt, accelerator: Accelerator | null) {
  return {
    type: 'attemptEnded' as const,
    instance: job.instance.id,
    attempt: job.attempt,
    execution: result.execution,
    accelerator,
    seconds: result.seconds,
    nodes: nodesOf(listener.state),
    details: result.details,
  }
}

/** A driver that was ended has not told how much its consoles said. */
function nodesOf({ verdict, nodes }: AttemptState): NodeReport[] {
  return verdict && verdict.nodes.length > 0 ? verdict.nodes : nodes
}

function wasCached({ end, execution }: AttemptResult): boolean {
  return end.type === 'succeeded' && (execution === 'cached' || execution === 'substituted')
}

function cachedReason({ execution }: AttemptResult): string {
  return execution === 'cached'
    ? 'not executed: a valid result of an earlier run stood in the store'
    : 'not executed: the result came from a binary cache'
}

function refuse(ended: EndedAttempt, ports: ExecutorPorts): Outcome {
  const message = cachedReason(ended.result)
  ports.emit({
    ...attemptEnded(ended, null),
    outcome: 'failed',
    failure: { assertion: null, node: null, kind: 'build', message, traceback: [] },
    notes: ended.result.notes,
    consoles: [],
  })
  return 'failed'
}

/** The earlier run's assertions are shown as what they are: an earlier run's. */
async function skip(
  { job, result }: EndedAttempt,
  ports: ExecutorPorts,
  signal: AbortSignal,
): Promise<Outcome> {
  const earlier = emptyAttempt()
  const bytes = await ports.source.earlierLog?.(job.instance, signal)
  if (bytes) {
    const reader = ports.readLog({ event: (event) => foldLogEvent(earlier, event) })
    for await (const piece of bytes) reader.write(piece)
    await reader.end()
  }
  ports.emit({
    type: 'instanceSkipped',
    instance: job.instance.id,
    kind: 'cached',
    reason: cachedReason(result),
    execution: result.execution,
    earlier: earlier.assertions,
  })
  return 'skipped'
}

/** A source that throws breaks its own promise; the attempt is errored, the run goes on. */
function asBroken(error: unknown): AttemptResult {
  const [message = '', ...stack] = String(error instanceof Error ? error.stack : error).split('\n')
  return {
    execution: 'unknown',
    end: { type: 'broken', kind: 'host', message: `this is a bug in vmproof, please report it: ${message}` },
    seconds: null,
    notes: [],
    details: stack.map((line) => line.trim()),
  }
}
