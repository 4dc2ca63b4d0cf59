import type { Outcome } from '../model/outcome.ts'
import type { SearchQuestion } from '../model/sweep.ts'
import { endsOf, middleOf, widthBetween } from './knob.ts'
import { valueVerdict } from './verdict.ts'

/** What to do next in a search. Values are in the question's unit. */
export type SearchStep =
  | { type: 'attempt'; value: number }
  | { type: 'found'; milder: number; harsher: number }
  | { type: 'always-passes' }
  | { type: 'never-passes' }
  | { type: 'broken'; value: number }
  | { type: 'impossible'; value: number }

/** Outcomes of the attempts at each value, oldest first. */
export type KnownAttempts = ReadonlyMap<number, readonly Outcome[]>

/** Of a search's values, so many are kept to look whether there is one threshold at all. */
const controls = 2

/** Both ends, two between them, and a control. */
export const leastPoints = 5

/**
 * A search has no state but what was attempted. Asked after every attempt, it says what to do next; so one that was cut
 * off goes on, and one that is over is told again, from the attempts alone.
 */
export function nextStep(question: SearchQuestion, known: KnownAttempts): SearchStep {
  const course = courseOf(question)
  let step = course.next()
  while (!step.done) {
    const value = step.value
    const verdict = valueVerdict(known.get(value) ?? [], question.repeat)
    switch (verdict) {
      case 'passes':
      case 'fails':
        step = course.next(verdict === 'passes')
        break
      case 'open':
        return { type: 'attempt', value }
      default:
        return { type: verdict, value }
    }
  }
  return step.value
}

/**
 * First both ends of the range, then by bisection; at last the middles of the widest gaps, where a check that does not
 * simply fare worse the harsher it gets gives itself away. Yields values, and wants to hear whether the check passes.
 */
function* courseOf(question: SearchQuestion): Generator<number, SearchStep, boolean> {
  const { knob, points } = question
  const [mildest, harshest] = endsOf(question)
  if (!(yield mildest)) return { type: 'never-passes' }
  if (yield harshest) {
    yield* middlesOfGaps(question, [[mildest, harshest]])
    return { type: 'always-passes' }
  }
  // Both from the ends of the range to the threshold.
  const passing: [number, ...number[]] = [mildest]
  const failing: [number, ...number[]] = [harshest]
  const sides = [passing, failing]
  while (sides.flat().length < points - sides.filter((side) => side.length > 1).length) {
    const middle = middleOf(knob, lastOf(passing), lastOf(failing))
    if (middle === null) break
    const side = (yield middle) ? passing : failing
    side.push(middle)
  }
  const found = { milder: lastOf(passing), harsher: lastOf(failing) }
  yield* middlesOfGaps(question, sides)
  return { type: 'found', ...found }
}

function lastOf(values: [number, ...number[]]): number {
  return values.at(-1) ?? values[0]
}

/** Goes into the widest gap, and then into the widest that is left. @param sides values in order, either way */
function* middlesOfGaps(
  { knob, points }: Pick<SearchQuestion, 'knob' | 'points'>,
  sides: readonly number[][],
): Generator<number, void, boolean> {
  for (let nth = 0; nth < controls && sides.flat().length < points; nth++) {
    const [widest] = sides
      .flatMap(gapsIn)
      .sort((a, b) => widthBetween(knob, b.from, b.to) - widthBetween(knob, a.from, a.to))
    const middle = widest ? middleOf(knob, widest.from, widest.to) : null
    if (!widest || middle === null) return
    yield middle
    widest.side.splice(widest.at, 0, middle)
  }
}

function gapsIn(side: number[]) {
  return side.slice(1).map((to, at) => {
    const from = side[at] ?? to
    return { side, at: at + 1, from, to }
  })
}
