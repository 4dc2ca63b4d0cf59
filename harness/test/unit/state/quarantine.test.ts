import { describe, expect, test } from 'vitest'
import type { Assertion } from '../../../model/assertion.ts'
import type { QuarantineEntry } from '../../../model/quarantine.ts'
import type { CheckReport } from '../../../model/report.ts'
import { demandCurrent, entriesFor } from '../../../plan/quarantine.ts'
import { coveringEntry } from '../../../state/quarantine.ts'

const entry: QuarantineEntry = {
  check: 'k3s-*',
  assertion: null,
  tracker: 'https://tracker.example/7',
  until: '2026-12-31',
}

function failing(text: string, facts: Partial<Assertion> = {}): Assertion {
  return {
    index: 0,
    node: 'a',
    kind: 'succeed',
    text,
    phase: null,
    path: [],
    caught: false,
    outcome: 'failed',
    seconds: 1,
    line: 1,
    message: `command \`${text}\` failed (exit code 1)`,
    output: null,
    ...facts,
  }
}

type Check = Pick<CheckReport, 'outcome' | 'assertions' | 'failure'>

function check(assertions: Assertion[], facts: Partial<Check> = {}): Check {
  return { outcome: 'failed', assertions, failure: null, ...facts }
}

describe('coveringEntry', () => {
  const pingOnly = { ...entry, assertion: 'ping *' }

  test('a check without a pattern is covered whatever fails, unless the host is to blame', () => {
    expect(coveringEntry(check([failing('x')]), [entry])).toBe(entry)
    expect(coveringEntry(check([], { outcome: 'timed-out' }), [entry])).toBe(entry)
    expect(coveringEntry(check([], { outcome: 'errored' }), [entry])).toBe(null)
    expect(coveringEntry(check([], { outcome: 'passed' }), [entry])).toBe(null)
    expect(coveringEntry(check([failing('x')]), [])).toBe(null)
  })

  test('with a pattern all that failed must fit it; subtests and what was caught do not count', () => {
    const ping = failing('ping -c 1 beta')
    const group = failing('network', { kind: 'subtest' })
    const caught = failing('curl', { caught: true })
    expect(coveringEntry(check([group, ping, caught]), [pingOnly])).toBe(pingOnly)
    expect(coveringEntry(check([ping, failing('curl')]), [pingOnly])).toBe(null)
    expect(coveringEntry(check([group]), [pingOnly])).toBe(null)
  })

  test('a pattern also fits a message, and stands for itself where it is no star', () => {
    const failure = {
      assertion: null,
      node: null,
      kind: 'python',
      message: 'a[0] != 1',
      traceback: [],
    } as const
    const one = { ...entry, assertion: 'a[0] != ?' }
    expect(coveringEntry(check([], { failure: { ...failure, traceback: [] } }), [one])).toBe(one)
    expect(coveringEntry(check([failing('a0 != 1')]), [one])).toBe(null)
    expect(coveringEntry(check([failing('first\nsecond')]), [{ ...entry, assertion: 'first*' }])).not.toBe(
      null,
    )
  })
})

test('entries are found by name and by glob', () => {
  expect(entriesFor('k3s-network', [entry])).toEqual([entry])
  expect(entriesFor('storage', [entry])).toEqual([])
})

test('an entry whose day is over ends the run before it starts, when its check is selected', () => {
  expect(() => demandCurrent(['k3s-a'], [entry], '2026-12-31')).not.toThrow()
  expect(() => demandCurrent(['storage'], [entry], '2027-01-01')).not.toThrow()
  expect(() => demandCurrent(['k3s-a'], [entry], '2027-01-01')).toThrow('a quarantine is over')
})
