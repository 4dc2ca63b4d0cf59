import type { Outcome, StopSignal } from '../model/outcome.ts'
import type { Instance, SkipKind } from '../model/plan.ts'
import type { PlannedInstance } from '../model/run-event.ts'
import { type Budget, type Load, noLoad, release, take } from '../plan/budget.ts'
import type { GroupRules } from '../plan/groups.ts'
import { systemOf } from '../plan/instances.ts'
import { inStartOrder, nextToStart } from '../plan/order.ts'
import type { AttemptsBefore, PlanItem } from '../plan/plan.ts'
import { didNotPass, isRetried, type RetryPolicy } from '../plan/retry.ts'
import { type AttemptOptions, type ExecutorPorts, executeAttempt } from './executor.ts'

/** How a plan is run. */
export interface DispatchOptions extends AttemptOptions {
  budget: Budget
  retry: RetryPolicy
  groups: GroupRules
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
  for (const { type, instance } of items) {
    if (type !== 'done') ports.emit({ type: 'instancePlanned', ...planned(instance) })
  }
  const queue = new Queue(items, ports, options.groups)
  const onAbort = () => {
    ports.emit({ type: 'runInterrupted', signal: interruption.reason as StopSignal })
    queue.skipAll('interrupted', 'the run was interrupted before it started')
  }
  if (interruption.aborted) onAbort()
  else interruption.addEventListener('abort', onAbort, { once: true })
  if (options.failFast && queue.firstBroken) queue.failFast(queue.firstBroken)
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
  const running = new Map<Instance, Promise<void>>()
  let load = noLoad
  const start = (instance: Instance) => {
    load = take(load, instance.needs)
    const job = { instance, before: queue.before(instance) }
    const attempts = runInstance(job, ports, options, interruption).then((outcome) => {
      load = release(load, instance.needs)
      running.delete(instance)
      queue.ended(instance, outcome)
      if (options.failFast && didNotPass(outcome)) queue.failFast(instance.id)
    })
    running.set(instance, attempts)
  }
  for (;;) {
    const next = queue.next([...running.keys()], load, options.budget)
    if (next) start(next)
    else if (running.size > 0) await Promise.race(running.values())
    else break
  }
  if (queue.waits) throw new Error('an instance was queued that the budget can never hold')
}

/** All attempts of an instance, which holds its part of the budget until the last one is over. */
async function runInstance(
  { instance, before }: { instance: Instance; before: AttemptsBefore },
  ports: ExecutorPorts,
  options: DispatchOptions,
  interruption: AbortSignal,
): Promise<Outcome> {
  for (let more = 1; ; more++) {
    const job = { instance, attempt: before.last + more }
    const outcome = await executeAttempt(job, ports, options, interruption)
    if (!isRetried(options.retry, outcome, before.tried + more) || interruption.aborted) return outcome
  }
}

/** What has not started yet, in the order in which it is offered to the budget. */
class Queue {
  readonly #ports: ExecutorPorts
  readonly #groups: GroupRules
  /** What did not pass, and what was skipped because of that. */
  readonly #broken = new Set<Instance>()
  #waiting: Instance[]
  readonly #before = new Map<Instance, AttemptsBefore>()
  /** The first check that did not pass before anything was started: it could not even be evaluated. */
  readonly firstBroken: string | null

  constructor(items: PlanItem[], ports: ExecutorPorts, groups: GroupRules) {
    this.#ports = ports
    this.#groups = groups
    for (const item of items) this.#take(item)
    this.firstBroken = [...this.#broken][0]?.id ?? null
    this.#waiting = inStartOrder(items.filter(({ type }) => type === 'run').map(({ instance }) => instance))
  }

  #take(item: PlanItem): void {
    const { instance } = item
    switch (item.type) {
      case 'run':
        if (item.before) this.#before.set(instance, item.before)
        return
      case 'skip':
        this.#skip(instance, item.kind, item.reason)
        return
      case 'done':
        this.ended(instance, item.outcome)
        return
      case 'error': {
        const { failure, details } = item
        this.#broken.add(instance)
        this.#ports.emit({ type: 'instanceErrored', instance: instance.id, failure, details })
        return
      }
    }
  }

  /** What was attempted of it before this dispatch. */
  before(instance: Instance): AttemptsBefore {
    return this.#before.get(instance) ?? { last: 0, tried: 0 }
  }

  get waits(): boolean {
    return this.#waiting.length > 0
  }

  /** Takes out what starts next; null when nothing fits. What builds on something that did not pass is skipped. */
  next(running: Instance[], load: Load, budget: Budget): Instance | null {
    this.#skipBroken()
    const unfinished = [...running, ...this.#waiting]
    const ready = this.#waiting.filter(
      (one) => this.#groups.admits(one, running) && !this.#groups.waitsFor(one, unfinished),
    )
    const next = ready[nextToStart(ready, load, budget)] ?? null
    if (next) this.#waiting.splice(this.#waiting.indexOf(next), 1)
    return next
  }

  ended(instance: Instance, outcome: Outcome): void {
    if (didNotPass(outcome)) this.#broken.add(instance)
  }

  #skipBroken(): void {
    const before = this.#broken.size
    this.#waiting = this.#waiting.filter((instance) => {
      const reason = this.#groups.brokenLayer(instance, this.#broken)
      if (reason === null) return true
      this.#skip(instance, 'layer', reason)
      this.#broken.add(instance)
      return false
    })
    // What builds on something that was skipped just now stands perhaps before it.
    if (this.#broken.size > before) this.#skipBroken()
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
    ...(check.target.type === 'suite' && { suiteFile: check.target.file }),
    namedExplicitly: instance.namedExplicitly,
    needs: instance.needs,
    quarantine: instance.quarantine,
  }
}
