import type { Outcome, StopSignal } from '../model/outcome.ts'
import type { Instance, SkipKind } from '../model/plan.ts'
import type { PlannedInstance } from '../model/run-event.ts'
import { type Budget, noLoad, release, take } from '../plan/budget.ts'
import { systemOf } from '../plan/instances.ts'
import { inStartOrder, nextToStart } from '../plan/order.ts'
import type { PlanItem } from '../plan/plan.ts'
import { type AttemptOptions, type ExecutorPorts, executeAttempt } from './executor.ts'

/** How a plan is run. */
export interface DispatchOptions extends AttemptOptions {
  budget: Budget
  /** Attempts after one that did not pass. */
  retries: number
  /** Start nothing more after the first check that did not pass. */
  failFast: boolean
}

/**
 * Runs a plan. One loop owns the truth about what waits, what runs and what they hold; attempts only emit what
 * happened to them. Resolves when nothing waits and nothing runs, also after an interruption.
 * @param interruption aborted with a StopSignal as its reason: nothing more starts, running attempts are stopped
 */
export async function dispatch(
  items: PlanItem[],
  ports: ExecutorPorts,
  options: DispatchOptions,
  interruption: AbortSignal,
): Promise<void> {
  for (const { instance } of items) ports.emit({ type: 'instancePlanned', ...planned(instance) })
  const queue = new Queue(items, ports)
  const onAbort = () => {
    ports.emit({ type: 'runInterrupted', signal: interruption.reason as StopSignal })
    queue.skipAll('interrupted', 'the run was interrupted before it started')
  }
  if (interruption.aborted) onAbort()
  else interruption.addEventListener('abort', onAbort, { once: true })
  if (options.failFast && queue.firstError) queue.failFast(queue.firstError)
  try {
    await work(queue, ports, options, interruption)
  } finally {
    interruption.removeEventListener('abort', onAbort)
  }
}

async function work(
  queue: Queue,
  ports: ExecutorPorts,
  options: DispatchOptions,
  interruption: AbortSignal,
): Promise<void> {
  const running = new Set<Promise<void>>()
  let load = noLoad
  const start = (instance: Instance) => {
    load = take(load, instance.needs)
    const attempts = runInstance(instance, ports, options, interruption).then((outcome) => {
      load = release(load, instance.needs)
      running.delete(attempts)
      if (options.failFast && didNotPass(outcome)) queue.failFast(instance.id)
    })
    running.add(attempts)
  }
  for (;;) {
    for (let next = queue.next(load, options.budget); next; next = queue.next(load, options.budget))
      start(next)
    if (running.size === 0) break
    await Promise.race(running)
  }
  if (queue.waits) throw new Error('an instance was queued that the budget can never hold')
}

/** All attempts of an instance, which holds its part of the budget until the last one is over. */
async function runInstance(
  instance: Instance,
  ports: ExecutorPorts,
  options: DispatchOptions,
  interruption: AbortSignal,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await executeAttempt({ instance, attempt }, ports, options, interruption)
    if (!didNotPass(outcome) || attempt > options.retries || interruption.aborted) return outcome
  }
}

function didNotPass(outcome: Outcome): boolean {
  return outcome === 'failed' || outcome === 'errored' || outcome === 'timed-out'
}

/** What has not started yet, in the order in which it is offered to the budget. */
class Queue {
  readonly #ports: ExecutorPorts
  #waiting: Instance[]
  /** The first check that could not even be evaluated. */
  readonly firstError: string | null

  constructor(items: PlanItem[], ports: ExecutorPorts) {
    this.#ports = ports
    for (const item of items) {
      if (item.type === 'skip') this.#skip(item.instance, item.kind, item.reason)
      if (item.type !== 'error') continue
      const { failure, details } = item
      ports.emit({ type: 'instanceErrored', instance: item.instance.id, failure, details })
    }
    this.firstError = items.find(({ type }) => type === 'error')?.instance.id ?? null
    this.#waiting = inStartOrder(items.filter(({ type }) => type === 'run').map(({ instance }) => instance))
  }

  get waits(): boolean {
    return this.#waiting.length > 0
  }

  /** Takes out what starts next; null when nothing fits. */
  next(load: typeof noLoad, budget: Budget): Instance | null {
    const index = nextToStart(this.#waiting, load, budget)
    return index < 0 ? null : (this.#waiting.splice(index, 1)[0] ?? null)
  }

  failFast(because: string): void {
    this.skipAll('fail-fast', `not started, because ${because} did not pass (--fail-fast)`)
  }

  skipAll(kind: SkipKind, reason: string): void {
    for (const instance of this.#waiting.splice(0)) this.#skip(instance, kind, reason)
  }

  #skip(instance: Instance, kind: SkipKind, reason: string): void {
    this.#ports.emit({
      type: 'instanceSkipped',
      instance: instance.id,
      kind,
      reason,
      execution: 'unknown',
      earlier: [],
    })
  }
}

function planned(instance: Instance): PlannedInstance {
  const { metadata, check } = instance
  return {
    instance: instance.id,
    check: check.name,
    kind: check.kind,
    profile: instance.profile,
    accelerator: instance.accelerator,
    tags: check.tags,
    system: metadata && systemOf(metadata),
    derivation: metadata?.derivation?.path ?? null,
    namedExplicitly: instance.namedExplicitly,
    quarantine: instance.quarantine,
  }
}
