import { expect, test } from 'vitest'
import { emptyAttempt } from '../../../state/attempt-state.ts'
import { toCheckReport } from '../../../state/check-report.ts'
import { exitCodeOf } from '../../../state/exit-code.ts'
import { expectedGaps } from '../../../state/expected-gaps.ts'

const ran = (name: string, profile: string | null = null) =>
  toCheckReport(emptyAttempt(), { name, profile, kind: 'vm', outcome: 'passed', execution: 'executed' })

test('nothing is missing where everything is there, and more than that', () => {
  expect(
    expectedGaps(
      [
        { name: 'a', profile: null },
        { name: 'b', profile: 'lossy' },
      ],
      [ran('a'), ran('b', 'lossy'), ran('c')],
    ),
  ).toEqual([])
})

test('what no run knows of is missed once, under its profile, and is not green', () => {
  const expected = [
    { name: 'a', profile: null },
    { name: 'a', profile: 'lossy' },
    { name: 'a', profile: 'lossy' },
  ]
  const gaps = expectedGaps(expected, [ran('a')])
  expect(
    gaps.map(({ name, profile, outcome, execution, skip }) => [name, profile, outcome, execution, skip]),
  ).toEqual([['a', 'lossy', 'skipped', 'unknown', 'lost']])
  expect(gaps[0]?.reason).toMatch(/^not executed: /)
  expect(exitCodeOf([ran('a'), ...gaps])).toBe(5)
  expect(exitCodeOf([ran('a')])).toBe(0)
  expect(exitCodeOf([ran('a')], { cutOff: true })).toBe(130)
})
