import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../model/outcome.ts'
import type { SearchQuestion } from '../../../model/sweep.ts'
import { nextStep, type SearchStep } from '../../../sweep/search.ts'
import { seededRandom } from '../../helpers/random.ts'

const loss: SearchQuestion = { knob: 'loss', from: 0, to: 20, repeat: 3, points: 8 }

interface Course {
  end: SearchStep
  known: Map<number, Outcome[]>
  /** Values in the order in which they were first tried. */
  values: number[]
}

/** Asks and answers until the search ends. */
function searched(question: SearchQuestion, answer: (value: number) => Outcome): Course {
  const known = new Map<number, Outcome[]>()
  for (let attempts = 0; attempts < 500; attempts++) {
    const step = nextStep(question, known)
    if (step.type !== 'attempt') return { end: step, known, values: [...known.keys()] }
    known.set(step.value, [...(known.get(step.value) ?? []), answer(step.value)])
  }
  throw new Error('the search does not end')
}

const stopsAt = (threshold: number) => (value: number) => (value < threshold ? 'passed' : 'failed')

function attemptsIn({ known }: Course): number {
  return [...known.values()].flat().length
}

test('both ends, bisection, and the widest gaps as a control', () => {
  const course = searched(loss, stopsAt(7))
  expect(course.values).toEqual([0, 20, 10, 5, 7.5, 6.25, 15, 2.5])
  expect(course.end).toEqual({ type: 'found', milder: 6.25, harsher: 7.5 })
  expect(attemptsIn(course)).toBe(24)
})

test('a rate is harsher the smaller it is, and is divided by powers', () => {
  const rate: SearchQuestion = { knob: 'rate', from: 100, to: 10_000, repeat: 1, points: 6 }
  const course = searched(rate, (value) => (value > 500 ? 'passed' : 'failed'))
  expect(course.values.slice(0, 4)).toEqual([10_000, 100, 1000, 316])
  expect(course.end).toEqual({ type: 'found', milder: 1000, harsher: 316 })
})

test('passes everywhere: the middles are looked at, too', () => {
  const course = searched(loss, () => 'passed')
  expect(course).toMatchObject({ end: { type: 'always-passes' }, values: [0, 20, 10, 5] })
})

test('what does not even pass at the mildest value is not tried at harsher ones', () => {
  expect(searched(loss, () => 'timed-out')).toMatchObject({ end: { type: 'never-passes' }, values: [0] })
})

test('ends where values have no digits left', () => {
  const narrow: SearchQuestion = { knob: 'delay', from: 1, to: 1.02, repeat: 1, points: 50 }
  const { end, values } = searched(narrow, stopsAt(1.005))
  expect(values).toEqual([1, 1.02, 1.01])
  expect(end).toEqual({ type: 'found', milder: 1, harsher: 1.01 })
})

describe('attempts at one value', () => {
  test('more than half of them decide, and all are made', () => {
    const answers: Outcome[] = ['passed', 'failed', 'passed']
    const { known } = searched(loss, (value) =>
      value === 0 ? (answers.shift() as Outcome) : stopsAt(7)(value),
    )
    expect(known.get(0)).toEqual(['passed', 'failed', 'passed'])
    expect(known.get(20)).toHaveLength(3)
    const even = searched({ ...loss, repeat: 2 }, flipping())
    expect(even.end).toEqual({ type: 'never-passes' })
  })

  test('what the infrastructure broke or an interruption cut off is repeated', () => {
    const next = seededRandom(3)
    const troubled = searched(loss, (value) => {
      const luck = next()
      return luck < 0.15 ? 'errored' : luck < 0.2 ? 'interrupted' : stopsAt(7)(value)
    })
    const calm = searched(loss, stopsAt(7))
    expect([troubled.end, troubled.values]).toEqual([calm.end, calm.values])
    expect(attemptsIn(troubled)).toBeGreaterThan(attemptsIn(calm))
  })

  test('three errors in a row end the search, three in all do not', () => {
    expect(searched(loss, (value) => (value === 10 ? 'errored' : stopsAt(7)(value))).end).toEqual({
      type: 'broken',
      value: 10,
    })
    const course: Outcome[] = ['errored', 'errored', 'passed', 'errored', 'passed', 'errored', 'errored']
    expect(nextStep(loss, new Map([[0, course]]))).toEqual({ type: 'attempt', value: 0 })
  })

  test('a check that cannot be run there', () => {
    expect(searched(loss, () => 'skipped').end).toEqual({ type: 'impossible', value: 0 })
  })
})

function flipping(): () => Outcome {
  let passes = false
  return () => {
    passes = !passes
    return passes ? 'passed' : 'failed'
  }
}

test('a search that was cut off goes on where it stood', () => {
  const whole = searched(loss, stopsAt(7))
  const steps = [...whole.known].flatMap(([value, outcomes]) => outcomes.map((one) => [value, one] as const))
  for (let cut = 0; cut < steps.length; cut++) {
    const known = new Map<number, Outcome[]>()
    for (const [value, one] of steps.slice(0, cut)) known.set(value, [...(known.get(value) ?? []), one])
    expect(nextStep(loss, known)).toEqual({ type: 'attempt', value: steps[cut]?.[0] })
  }
})

describe('with luck in every attempt (seeded)', () => {
  /** A check whose chance to pass falls from 1 to 0 around the threshold. */
  const noisy = (threshold: number, steepness: number, next: () => number) => (value: number) =>
    next() < 1 / (1 + Math.exp((value - threshold) * steepness)) ? 'passed' : 'failed'

  /** Share of searches whose bracket holds the threshold, give or take one bracket. */
  function hitRate(question: SearchQuestion, steepness: number): number {
    const next = seededRandom(5)
    const rounds = 400
    let hits = 0
    for (let round = 0; round < rounds; round++) {
      const threshold = 3 + next() * 14
      const { end } = searched(question, noisy(threshold, steepness, next))
      if (end.type !== 'found') continue
      const width = end.harsher - end.milder
      if (threshold >= end.milder - width && threshold <= end.harsher + width) hits++
    }
    return hits / rounds
  }

  test('never more attempts than promised, whatever the answers are', () => {
    const next = seededRandom(9)
    for (let round = 0; round < 300; round++) {
      const points = 5 + Math.floor(next() * 8)
      const repeat = 1 + Math.floor(next() * 5)
      const course = searched({ ...loss, points, repeat }, () => (next() < 0.5 ? 'passed' : 'failed'))
      expect(course.values.length).toBeLessThanOrEqual(points)
      expect(attemptsIn(course)).toBe(course.values.length * repeat)
    }
  })

  test('a steep threshold is found nearly always, and more attempts find a flat one more often', () => {
    expect(hitRate(loss, 10)).toBeGreaterThan(0.98)
    const [few, many] = [1, 9].map((repeat) => hitRate({ ...loss, repeat }, 1)) as [number, number]
    expect(many).toBeGreaterThan(few + 0.05)
    expect(many).toBeGreaterThan(0.9)
  })
})
