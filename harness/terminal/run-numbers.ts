import type { Outcome } from '../model/outcome.ts'
import type { Instance } from '../model/plan.ts'
import { type Load, noLoad, take } from '../plan/budget.ts'
import { type ForecastRules, type LeftOver, secondsLeft } from '../plan/forecast.ts'
import type { RunProgress } from '../reporters/progress.ts'

/** Where a run stands, in numbers. */
export interface RunNumbers {
  total: number
  ended: Outcome[]
  running: number
  waiting: number
  interrupted: boolean
  /** What the running attempts hold; null when nobody told what they need. */
  load: Load | null
}

/** @param instances by id, of all plans so far */
export function numbersOf(progress: RunProgress, instances: ReadonlyMap<string, Instance>): RunNumbers {
  const { planned, running, ended, interrupted } = progress
  const waiting = [...planned].filter((id) => !running.has(id) && !ended.has(id)).length
  const held = [...running.keys()].flatMap((id) => instances.get(id) ?? [])
  return {
    total: waiting + running.size + ended.size,
    ended: [...ended.values()],
    running: running.size,
    waiting,
    interrupted,
    load: instances.size === 0 ? null : held.reduce((load, { needs }) => take(load, needs), noLoad),
  }
}

/** Half of a correction is made in this time. */
const settlesMs = 4000
/** How long a forecast is counted down without being made again, while nothing starts or ends. */
const freshMs = 10_000

/** The end of a run as it is foreseen, corrected gently: a number that jumps is believed by nobody. */
export class Countdown {
  readonly #rules: ForecastRules
  /** Milliseconds since 1970: as foreseen last, and as it is told. */
  #foreseen: number | null = null
  #told: number | null = null
  #madeAt = Number.NEGATIVE_INFINITY
  #toldAt = 0
  #ofWhat = ''

  constructor(rules: ForecastRules) {
    this.#rules = rules
  }

  /** Seconds to the end; null when too little is known. @param now milliseconds since 1970 */
  secondsLeft(progress: RunProgress, instances: ReadonlyMap<string, Instance>, now: number): number | null {
    this.#foresee(progress, instances, now)
    const aim = this.#foreseen
    if (aim === null) this.#told = null
    else if (this.#told === null) this.#told = aim
    else this.#told += (aim - this.#told) * (1 - 0.5 ** ((now - this.#toldAt) / settlesMs))
    this.#toldAt = now
    return this.#told === null ? null : Math.max(0, this.#told - now) / 1000
  }

  #foresee(progress: RunProgress, instances: ReadonlyMap<string, Instance>, now: number): void {
    const ofWhat = `${progress.planned.size} ${progress.ended.size} ${[...progress.running.keys()].join(' ')}`
    if (ofWhat === this.#ofWhat && now - this.#madeAt < freshMs) return
    this.#ofWhat = ofWhat
    this.#madeAt = now
    const left = leftOver(progress, instances, now)
    const seconds = left && secondsLeft(left, this.#rules)
    this.#foreseen = seconds === null ? null : now + seconds * 1000
  }
}

/** @returns null when nobody told what one of them needs */
function leftOver(
  { planned, running, ended }: RunProgress,
  instances: ReadonlyMap<string, Instance>,
  now: number,
): LeftOver | null {
  const begun: LeftOver['running'][number][] = []
  for (const [id, { testedSince }] of running) {
    const instance = instances.get(id)
    if (!instance) return null
    begun.push({ instance, elapsed: testedSince === null ? 0 : Math.max(0, now - testedSince) / 1000 })
  }
  const waiting: Instance[] = []
  for (const id of planned) {
    if (running.has(id) || ended.has(id)) continue
    const instance = instances.get(id)
    if (!instance) return null
    waiting.push(instance)
  }
  return { waiting, running: begun }
}
