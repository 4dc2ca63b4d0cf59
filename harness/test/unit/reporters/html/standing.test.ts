import { expect, test } from 'vitest'
import type { Outcome } from '../../../../model/outcome.ts'
import type { HistoryPoint, Standing } from '../../../../page/data.ts'
import { standingOf } from '../../../../reporters/html/standing.ts'

const outcomes: Record<string, Outcome> = {
  p: 'passed',
  f: 'failed',
  t: 'timed-out',
  e: 'errored',
  i: 'interrupted',
}
const dayOf = (index: number) => `2026-11-0${index + 1}T00:00:00.000Z`

/** `pf` is a run whose first attempt passed and whose second one failed. */
function pointsOf(runs: string[]): HistoryPoint[] {
  return runs.flatMap((attempts, index) =>
    [...attempts].map((letter, attempt) => ({
      ...{ run: `run-${index}`, at: dayOf(index), attempt: attempt + 1, seconds: 1, accelerator: null },
      outcome: outcomes[letter] ?? 'unknown',
    })),
  )
}

test.each<[before: string[], Outcome, Standing | null]>([
  [['p', 'p', 'p'], 'failed', { type: 'new', passes: 3 }],
  [['f', 'p'], 'timed-out', { type: 'new', passes: 1 }],
  [['p', 'f', 't'], 'failed', { type: 'known', runs: 3, since: dayOf(1) }],
  [['f', 'f'], 'failed', { type: 'known', runs: 3, since: dayOf(0) }],
  // A retry that passed is a pass, and what says nothing about the check neither ends a row nor makes one.
  [['f', 'fp'], 'failed', { type: 'new', passes: 1 }],
  [['p', 'f', 'e', 'i'], 'failed', { type: 'known', runs: 2, since: dayOf(1) }],
  [['e'], 'failed', null],
  [[], 'failed', null],
  [['p', 'p'], 'passed', null],
  [['p', 'p'], 'errored', null],
])('after %j %s is %j', (before, outcome, expected) => {
  const own = `run-${before.length}`
  const points = [...pointsOf(before), ...pointsOf([...before, 'ff']).slice(-2)]
  expect(standingOf(outcome, points, new Set([own]))).toEqual(expected)
})
