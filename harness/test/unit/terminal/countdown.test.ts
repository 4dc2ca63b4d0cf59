import { expect, test } from 'vitest'
import type { RunEvent } from '../../../model/run-event.ts'
import { GroupRules } from '../../../plan/groups.ts'
import { createProgress, followEvent } from '../../../reporters/progress.ts'
import { Countdown, numbersOf } from '../../../terminal/run-numbers.ts'
import { instance } from '../../helpers/checks.ts'

const begin = Date.UTC(2026, 10, 20)
const rules = { budget: { memoryMiB: 100, cores: null, jobs: null }, groups: new GroupRules([], true) }
const instances = new Map(
  [instance('a', { expectedSeconds: 100 }), instance('b', { expectedSeconds: 100 })].map((one) => [
    one.id,
    one,
  ]),
)

/** A run of two checks, one after the other. */
function startRun() {
  const progress = createProgress()
  const countdown = new Countdown(rules)
  const happen = (second: number, event: object) => {
    followEvent(progress, { at: new Date(begin + second * 1000).toISOString(), ...event } as RunEvent)
  }
  const leftAt = (second: number) => countdown.secondsLeft(progress, instances, begin + second * 1000)
  for (const id of ['a', 'b']) happen(0, { type: 'instancePlanned', instance: id })
  return { progress, happen, leftAt }
}

const attempt = { instance: 'a', attempt: 1 }
const runs = { type: 'attemptStaged', ...attempt, stage: 'running' }

test('counts down while nothing happens, and not while a check waits for its inputs', () => {
  const { happen, leftAt } = startRun()
  expect(leftAt(0)).toBe(200)
  happen(0, { type: 'attemptStarted', ...attempt })
  happen(0, { type: 'attemptStaged', ...attempt, stage: 'realising-inputs' })
  leftAt(1)
  expect(leftAt(60)).toBeGreaterThan(190)
  happen(60, runs)
  leftAt(120)
  expect(leftAt(121)).toBeCloseTo(139, 0)
})

test('is corrected gently when a check ends earlier than usual', () => {
  const { happen, leftAt } = startRun()
  happen(0, { type: 'attemptStarted', ...attempt })
  happen(0, runs)
  const next = { instance: 'b', attempt: 1 }
  const told: number[] = []
  for (let second = 0; second <= 60; second += 0.5) {
    if (second === 20) {
      happen(20, { type: 'attemptEnded', ...attempt, outcome: 'passed' })
      happen(20, { type: 'attemptStarted', ...next })
      happen(20, { ...runs, ...next })
    }
    told.push(leftAt(second) ?? Number.NaN)
  }
  const steps = told.slice(1).map((seconds, at) => (told[at] ?? 0) - seconds)
  expect(told[39]).toBeCloseTo(180.5, 0)
  // Eighty seconds at once would be a jump.
  expect(Math.max(...steps)).toBeLessThan(8)
  expect(told.at(-1)).toBeCloseTo(60, 0)
})

test('says nothing of what nobody has told', () => {
  const { happen, leftAt, progress } = startRun()
  happen(0, { type: 'instancePlanned', instance: 'stranger' })
  expect(leftAt(1)).toBeNull()
  expect(numbersOf(progress, new Map())).toMatchObject({ waiting: 3, running: 0, total: 3, load: null })
})
