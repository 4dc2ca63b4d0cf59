import type { Assertion } from '../model/assertion.ts'
import type { AssertionOutcome, Outcome } from '../model/outcome.ts'
import type { CheckReport } from '../model/report.ts'

/**
 * The assertions, with the one that the failure names as its cause no longer `unfinished`: a time limit or a
 * dead QEMU stops the log in the middle of it, and only the check's verdict tells that it was to blame. The
 * subtests around it failed with it.
 */
export function withCause({ assertions, failure, outcome }: CheckReport): Assertion[] {
  const verdict = causeOutcome(outcome)
  const cause =
    failure?.assertion === undefined || failure.assertion === null ? null : assertions[failure.assertion]
  if (!cause || !verdict || cause.outcome !== 'unfinished') return assertions
  const message = failure?.message ?? null
  return assertions.map((one) =>
    one === cause || (one.outcome === 'unfinished' && encloses(one, cause))
      ? { ...one, outcome: verdict, message }
      : one,
  )
}

/** What the assertion that is to blame counts as. */
export function causeOutcome(outcome: Outcome): AssertionOutcome | null {
  switch (outcome) {
    case 'failed':
    case 'timed-out':
      return 'failed'
    case 'errored':
      return 'errored'
    case 'passed':
    case 'interrupted':
    case 'skipped':
    case 'unknown':
      return null
  }
}

function encloses(subtest: Assertion, inner: Assertion): boolean {
  const path = [...subtest.path, subtest.text]
  return (
    subtest.kind === 'subtest' &&
    subtest.index < inner.index &&
    path.length <= inner.path.length &&
    path.every((name, depth) => inner.path[depth] === name)
  )
}
