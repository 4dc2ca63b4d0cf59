import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepJunitSoFar } from '../../../commands/junit-so-far.ts'
import type { RunEvent } from '../../../model/run-event.ts'
import { emptyRun, foldRunEvent } from '../../../state/reduce.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { cases } from '../../unit/reporters/junit-samples.ts'
import { complaints, parseXml } from '../../unit/reporters/junit-validator.ts'
import { stamped } from '../../unit/reporters/replay.ts'
import { wholeRun } from '../../unit/reporters/story.ts'

/** A run that is watched with a clock of the test's. */
function watched(folder: string) {
  const state = emptyRun()
  const clock = { ms: 0 }
  const kept = keepJunitSoFar(state, { folder, junitGranularity: 'check' }, () => clock.ms)
  const file = join(folder, 'junit.xml')
  return {
    clock,
    file,
    happen: (events: RunEvent[]) => {
      for (const event of events) {
        foldRunEvent(state, event)
        kept.event(event)
      }
    },
    told: () => {
      const root = parseXml(readFileSync(file, 'utf8'))
      expect(complaints(root)).toEqual([])
      return cases(root)
    },
  }
}

const events = stamped(wholeRun)
const ends = events.flatMap(({ type }, index) => (type === 'attemptEnded' ? [index + 1] : []))
const [first = 0, second = 0, third = 0] = ends

test('a check that ended after a while is in a valid report, and the others are said not to be', () => {
  const { clock, file, happen, told } = watched(scratchFolder())
  clock.ms = 20_000
  happen(events.slice(0, first - 1))
  expect(existsSync(file)).toBe(false)
  happen(events.slice(first - 1, first))
  expect(told()).toContain('k3s-cluster-simple | k3s-cluster-simple | passed')
  expect(told()).toContain('k3s-network@lossy | k3s-network@lossy | skipped')
  // Not again at once, but later.
  happen(events.slice(first, second))
  expect(told()).toContain('k3s-network@lossy | k3s-network@lossy | skipped')
  clock.ms += 10_000
  happen(events.slice(second, third))
  expect(told()).toContain('k3s-network@lossy | k3s-network@lossy | failure CommandFailed')
})

test('a short run writes none', () => {
  const { clock, file, happen } = watched(scratchFolder())
  clock.ms = 9_000
  happen(events)
  expect(existsSync(file)).toBe(false)
})

test('one that cannot be written does not stop the run', () => {
  const folder = join(scratchFolder(), 'gone')
  mkdirSync(folder)
  const { clock, happen } = watched(folder)
  rmSync(folder, { recursive: true })
  clock.ms = 20_000
  happen(events)
})
