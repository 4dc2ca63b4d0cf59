import { createInterface } from 'node:readline'
import type { AttemptEnd } from '../../model/attempt-end.ts'
import type { DescribedCheck, ListedCheck } from '../../model/check.ts'
import type { LogEvent } from '../../model/log-event.ts'
import type { Failure } from '../../model/report.ts'
import { startChild } from '../../process/child.ts'
import type { AttemptObserver, AttemptRequest, AttemptResult, CheckSource } from '../../run/ports.ts'
import { listed, metadata } from './checks.ts'

/** A command line that makes a script of a ShellSource tell an event. */
export function tell(event: LogEvent): string {
  return `echo '@${JSON.stringify(event)}'`
}

/** Tells a whole log: one assertion with this outcome. */
export function tellAssertion(outcome: 'passed' | 'failed'): string {
  const failure: Failure = { assertion: 0, node: null, kind: 'succeed', message: 'it said no', traceback: [] }
  const where = { node: null, phase: null, path: [], line: 2 }
  const events: LogEvent[] = [
    { type: 'scriptStarted', line: 1 },
    { type: 'assertionStarted', index: 0, kind: 'succeed', text: 'it', ...where },
    {
      type: 'assertionEnded',
      index: 0,
      outcome,
      caught: false,
      seconds: 0,
      message: outcome === 'failed' ? failure.message : null,
      output: null,
    },
    {
      type: 'logEnded',
      outcome,
      failure: outcome === 'failed' ? failure : null,
      nodes: [],
      seconds: 0,
    },
  ]
  return `${events.map(tell).join('; ')}; exit ${outcome === 'passed' ? 0 : 1}`
}

/** Checks that are shell scripts, run for real: a place of checks as small as one can be. */
export class ShellSource implements CheckSource {
  /** Process ids of everything it started. */
  readonly pids: number[] = []
  readonly #scripts: Record<string, string>

  constructor(scripts: Record<string, string>) {
    this.#scripts = scripts
  }

  async list(): Promise<ListedCheck[]> {
    return Object.keys(this.#scripts).map((name) => listed(name))
  }

  async *describe(checks: ListedCheck[]): AsyncGenerator<DescribedCheck> {
    for (const check of checks) yield { ...check, metadata: metadata(), error: null }
  }

  async attempt(
    request: AttemptRequest,
    observer: AttemptObserver,
    signal: AbortSignal,
  ): Promise<AttemptResult> {
    const script = this.#scripts[request.instance.id] ?? 'exit 1'
    const child = startChild('sh', ['-c', script], {
      env: { ATTEMPT: String(request.attempt), FOLDER: request.folder },
      graceSeconds: 1,
    })
    if (child.pid) this.pids.push(child.pid)
    let stoppedBy: 'time' | 'signal' | null = null
    const stop = (by: 'time' | 'signal') => {
      stoppedBy ??= by
      void child.stop()
    }
    const timer = setTimeout(() => stop('time'), request.timeoutSeconds * 1000)
    const onAbort = () => stop('signal')
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    child.stderr.on('data', (bytes: Buffer) => observer.log(bytes))
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('@')) observer.event(JSON.parse(line.slice(1)) as LogEvent)
    }
    const { code } = await child.exited
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    return { execution: 'executed', end: endOf(code, stoppedBy), seconds: 0.1, notes: [], details: [] }
  }
}

function endOf(code: number | null, stoppedBy: 'time' | 'signal' | null): AttemptEnd {
  if (stoppedBy === 'time') return { type: 'timed-out', message: '' }
  if (stoppedBy === 'signal') return { type: 'interrupted' }
  if (code === 0) return { type: 'succeeded', outputDiffers: false }
  return { type: 'builder-failed', message: `exit code ${code}` }
}
