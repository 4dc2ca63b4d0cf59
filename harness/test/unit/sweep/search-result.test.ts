import { expect, test } from 'vitest'
import type { Outcome } from '../../../model/outcome.ts'
import type { CheckReport, EarlierAttempt } from '../../../model/report.ts'
import type { SearchQuestion } from '../../../model/sweep.ts'
import { searchReportOf } from '../../../sweep/search-result.ts'
import { untimed } from '../../helpers/checks.ts'
import { cell, runOf } from './cells.ts'

const question: SearchQuestion = { knob: 'loss', from: 0, to: 20, repeat: 2, points: 5 }

/** A probe after these attempts. */
function probe(value: number, outcomes: Outcome[], facts: Partial<CheckReport> = {}): CheckReport {
  const earlier = outcomes.slice(0, -1).map(
    (outcome, index): EarlierAttempt => ({
      attempt: index + 1,
      outcome,
      failure: null,
      seconds: 1,
      folder: null,
      ...untimed,
    }),
  )
  return cell(`a@loss=${value}%`, outcomes.at(-1) ?? 'skipped', {
    earlier,
    attempts: outcomes.length,
    ...facts,
  })
}

function resultOf(probes: CheckReport[], facts = {}) {
  const { results } = searchReportOf(runOf(1, probes, facts), question)
  if (results.length !== 1 || !results[0]) throw new Error(`${results.length} results`)
  return results[0]
}

const both: Outcome[] = ['passed', 'passed']
const none: Outcome[] = ['failed', 'timed-out']

test('told from the attempts of the probes alone, in any order', () => {
  const probes = [
    probe(15, none),
    probe(20, none),
    probe(5, both),
    probe(0, ['passed', 'errored', 'passed']),
    probe(10, none),
  ]
  const result = resultOf(probes)
  expect(result).toMatchObject({
    check: 'a',
    // The value 15 was a control.
    ending: { type: 'found', milder: 5, harsher: 10 },
    attempts: 11,
    contradictions: [],
  })
  expect(result.points).toMatchObject([
    { value: 0, passed: 2, failed: 0, errored: 1, passes: true },
    { value: 5, passed: 2, passes: true },
    { value: 10, passed: 0, failed: 2, passes: false, passRateInterval: [0, expect.closeTo(0.658, 3)] },
    { value: 15, passes: false },
    { value: 20, passes: false },
  ])
})

test('what contradicts one threshold is told', () => {
  const { contradictions } = resultOf([
    probe(0, both),
    probe(5, none),
    probe(10, ['passed', 'failed']),
    probe(15, both),
    probe(20, none),
  ])
  expect(contradictions).toEqual([
    { failed: 5, passed: 15 },
    { failed: 10, passed: 15 },
  ])
})

test('a search that ended early tells what it knew', () => {
  const known = [probe(0, both), probe(20, none), probe(10, ['passed'])]
  expect(resultOf(known).ending).toEqual({ type: 'unfinished', cutOff: false, milder: 0, harsher: 20 })
  const cutOff = [...known, probe(10, [], { skip: 'interrupted' })].slice(1)
  expect(resultOf(cutOff, { interrupted: true }).ending).toMatchObject({ cutOff: true, milder: null })
  const killed = resultOf([...known, probe(5, ['interrupted'])], { endedAt: null })
  expect(killed).toMatchObject({
    ending: { cutOff: true },
    attempts: 5,
    points: [{ value: 0 }, { value: 10 }, { value: 20 }],
  })
})

test('a check that cannot be run there, and an infrastructure that keeps failing', () => {
  expect(resultOf([probe(0, [], { reason: 'too large', attempts: 0 })])).toMatchObject({
    ending: { type: 'impossible', value: 0, reason: 'too large' },
    points: [],
    attempts: 0,
  })
  const failure = { assertion: null, node: null, kind: 'host', message: 'QEMU died', traceback: [] } as const
  const broken = probe(0, ['errored', 'errored', 'errored'], { failure: { ...failure, traceback: [] } })
  expect(resultOf([broken]).ending).toEqual({ type: 'broken', value: 0, errors: 3, message: 'QEMU died' })
  const evaluation = probe(0, ['errored'], { failure: { ...failure, traceback: [] }, attempts: 0 })
  expect(resultOf([evaluation]).ending).toMatchObject({ type: 'impossible', reason: 'QEMU died' })
})

test('checks are told by name; what is no probe is not counted', () => {
  const { results, question: asked } = searchReportOf(
    runOf(1, [
      cell('b@loss=0%', 'failed'),
      cell('a@loss=0%', 'passed'),
      cell('a', 'passed'),
      cell('c@lossy', 'passed'),
    ]),
    question,
  )
  expect(results.map(({ check }) => check)).toEqual(['a', 'b'])
  expect(asked.unit).toBe('%')
})
