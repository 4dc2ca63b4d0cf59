import type { DescribedCheck } from '../harness/model/check.ts'
import type { RunEvent } from '../harness/model/run-event.ts'
import { type Budget, budgetFor } from '../harness/plan/budget.ts'
import { GroupRules } from '../harness/plan/groups.ts'
import { makePlan, type Plan } from '../harness/plan/plan.ts'
import { dispatch } from '../harness/run/dispatcher.ts'
import type { AttemptRequest, AttemptResult, CheckSource } from '../harness/run/ports.ts'
import { seededRandom } from '../harness/test/helpers/random.ts'

const instances = 10_000
const hosts = 12
const checksPerHost = 150

/** Planning of very many checks, and how near the dispatcher comes to the shortest possible run. */
export default async function planner(say: (line: string) => void): Promise<Record<string, number>> {
  const begin = performance.now()
  const plan = planOf(randomChecks(instances, 1), { memoryMiB: 16_384, cores: 8, jobs: null })
  const seconds = (performance.now() - begin) / 1000
  say(`planned ${plan.items.length} checks in ${seconds.toFixed(3)} s`)
  const ratios: number[] = []
  for (let seed = 1; seed <= hosts; seed++) ratios.push(await ratioOnHost(seed))
  const ratioToBound = Math.max(...ratios)
  const mean = ratios.reduce((sum, one) => sum + one, 0) / ratios.length
  say(
    `${hosts} hosts, ${checksPerHost} checks each: run over the lower bound ${mean.toFixed(3)}, at worst ${ratioToBound.toFixed(3)}`,
  )
  return { seconds, ratioToBound, meanRatioToBound: mean }
}

/** A host of random size, runs of random needs and lengths as cluster tests have them: one to three nodes, up to ten minutes. */
async function ratioOnHost(seed: number): Promise<number> {
  const random = seededRandom(seed)
  const cores = [8, 16, 32, 64][Math.floor(random() * 4)] ?? 8
  const host = { cores, totalMiB: cores * 4096, availableMiB: cores * 4096 }
  const budget = budgetFor(host, { jobs: null, memoryMiB: null, cores: null })
  const checks = randomChecks(checksPerHost, seed)
  const durations = new Map(checks.map(({ name }) => [name, 15 + 600 * random() ** 2]))
  const plan = planOf(checks, budget, durations)
  const makespan = await simulate(plan, budget, durations)
  return makespan / lowerBound(plan, budget, durations)
}

/** No schedule can be shorter: each resource's work over what there is of it, and the longest check. */
function lowerBound(plan: Plan, budget: Budget, durations: Map<string, number>): number {
  const runs = plan.items.map(({ instance }) => ({
    ...instance.needs,
    seconds: durations.get(instance.id) ?? 0,
  }))
  const work = (amount: (run: (typeof runs)[number]) => number) =>
    runs.reduce((sum, run) => sum + amount(run) * run.seconds, 0)
  return Math.max(
    work((run) => run.memoryMiB) / budget.memoryMiB,
    work((run) => run.cores) / (budget.cores ?? Number.POSITIVE_INFINITY),
    ...runs.map((run) => run.seconds),
  )
}

/** The real dispatcher, with a source that only lets simulated time pass. @returns seconds of that time */
async function simulate(plan: Plan, budget: Budget, durations: Map<string, number>): Promise<number> {
  const clock = new SimulatedClock()
  const source: Pick<CheckSource, 'attempt'> = {
    attempt: async ({ instance }: AttemptRequest): Promise<AttemptResult> => {
      await clock.pass(durations.get(instance.id) ?? 0)
      return {
        execution: 'executed',
        end: { type: 'succeeded', outputDiffers: false },
        seconds: 0,
        notes: [],
        details: [],
      }
    },
  }
  const recorder = {
    event: () => {},
    attempt: () => ({ folder: '', path: '', log: () => {}, console: () => {}, close: () => {} }),
  }
  const ports = {
    source: source as CheckSource,
    recorder,
    observers: [],
    emit: (event: object) => ({ at: '', ...event }) as RunEvent,
    readLog: () => ({ write: () => {}, end: () => {} }),
  }
  const options = {
    budget,
    retry: { retries: 0, on: 'any' },
    groups: new GroupRules([], true),
    failFast: false,
    force: true,
    via: 'build',
    accel: 'auto',
    cached: 'report',
  } as const
  const done = dispatch(plan.items, ports, options, new AbortController().signal)
  await clock.runUntil(done)
  return clock.now
}

/** Time that jumps to the next thing that is waited for. */
class SimulatedClock {
  now = 0
  #waiting: { at: number; wake(): void }[] = []

  pass(seconds: number): Promise<void> {
    return new Promise((wake) => this.#waiting.push({ at: this.now + seconds, wake }))
  }

  async runUntil(done: Promise<void>): Promise<void> {
    let over = false
    void done.finally(() => {
      over = true
    })
    for (;;) {
      // Whatever the last step set off has happened after a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve))
      if (over) return
      this.#waiting.sort((a, b) => a.at - b.at)
      const next = this.#waiting.shift()
      if (!next) throw new Error('the dispatcher waits for nothing')
      this.now = next.at
      next.wake()
    }
  }
}

function planOf(checks: DescribedCheck[], budget: Budget, durations = new Map<string, number>()): Plan {
  const selected = checks.map((check) => ({ check, namedExplicitly: false, profile: null }))
  const described = new Map(checks.map((check) => [check.name, check]))
  return makePlan(selected, described, {
    accel: 'auto',
    accelerators: new Map(),
    timeoutSeconds: null,
    overrides: [],
    quarantine: [],
    groups: [],
    durations,
    budget,
    notTags: [],
    notHere: new Map(),
  })
}

function randomChecks(count: number, seed: number): DescribedCheck[] {
  const random = seededRandom(seed * 7919)
  return Array.from({ length: count }, (_, index) => {
    const name = `check-${index}`
    const nodes = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, node) => ({
      name: `node${node}`,
      memoryMiB: 512 * (1 + Math.floor(random() * 5)),
      cores: 1,
      system: null,
    }))
    return {
      name,
      kind: 'vm' as const,
      tags: [],
      target: { type: 'suite' as const, file: `/suites/${name}.ts`, attribute: name },
      error: null,
      metadata: {
        derivation: null,
        isVmTest: true,
        nodes,
        timeoutSeconds: 600,
        tags: [],
        accelerator: null,
        hasDriver: false,
        description: null,
      },
    }
  })
}
