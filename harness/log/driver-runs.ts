import type { LogEvent, LogSink } from '../model/log-event.ts'
import type { Outcome } from '../model/outcome.ts'
import type { NodeReport } from '../model/report.ts'

type LogEnded = Extract<LogEvent, { type: 'logEnded' }>

/** What counts most when runs of one log disagree comes first. */
const gravity: Outcome[] = ['failed', 'timed-out', 'errored', 'interrupted', 'unknown', 'skipped', 'passed']

/**
 * Makes the log of one test of several runs of a driver: a builder may start its driver more than once, and a pass
 * of the first says nothing about the second.
 */
export class DriverRuns {
  readonly #sink: LogSink
  readonly #ends: LogEnded[] = []
  #assertions = 0

  constructor(sink: LogSink) {
    this.#sink = sink
  }

  /** @returns where the next run's events go; its assertions are counted on from those before */
  next(): LogSink {
    const before = this.#assertions
    const { console } = this.#sink
    return {
      event: (event) => this.#event(event, before),
      ...(console ? { console: (node, text, line) => console.call(this.#sink, node, text, line) } : {}),
    }
  }

  /** All runs are over. */
  end(): void {
    const worst = gravity.map((outcome) => this.#ends.find((end) => end.outcome === outcome)).find(Boolean)
    if (worst) this.#sink.event({ ...worst, nodes: allNodes(this.#ends), seconds: allSeconds(this.#ends) })
  }

  #event(event: LogEvent, before: number): void {
    switch (event.type) {
      case 'assertionStarted':
        this.#assertions = Math.max(this.#assertions, before + event.index + 1)
        this.#sink.event({ ...event, index: before + event.index })
        return
      case 'assertionEnded':
        this.#sink.event({ ...event, index: before + event.index })
        return
      case 'assertionsWithdrawn':
        this.#assertions = before + event.from
        this.#sink.event({ ...event, from: before + event.from })
        return
      case 'logEnded':
        this.#ends.push(countedOn(event, before))
        return
      default:
        this.#sink.event(event)
    }
  }
}

function countedOn(event: LogEnded, before: number): LogEnded {
  const index = event.failure?.assertion ?? null
  if (!event.failure || index === null) return event
  return { ...event, failure: { ...event.failure, assertion: before + index } }
}

/** A node of the same name is the same node, started again. */
function allNodes(ends: LogEnded[]): NodeReport[] {
  const nodes = new Map<string, NodeReport>()
  for (const node of ends.flatMap((end) => end.nodes)) {
    const known = nodes.get(node.name)
    nodes.set(node.name, {
      name: node.name,
      consoleLines: node.consoleLines + (known?.consoleLines ?? 0),
      booted: node.booted || (known?.booted ?? false),
      symptoms: [...new Set([...(known?.symptoms ?? []), ...node.symptoms])],
    })
  }
  return [...nodes.values()]
}

function allSeconds(ends: LogEnded[]): number | null {
  const seconds = ends.map((end) => end.seconds)
  return seconds.includes(null) ? null : seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0)
}
