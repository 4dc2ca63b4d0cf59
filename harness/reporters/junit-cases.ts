import type { Assertion } from '../model/assertion.ts'
import type { CheckReport, EarlierAttempt, Failure } from '../model/report.ts'
import { type FailureStory, failedAssertion, failureLines, noStory, storyOf } from './failure-lines.ts'
import { caseNameOf } from './junit-names.ts'
import { oneLine } from './safe-text.ts'
import { assertionLooks, createStyle, outcomeLooks } from './style.ts'
import { quarantineText } from './wording.ts'

/** What a case says. `failure`: the check said no. `error`: it could not tell. */
export type CaseVerdict =
  | { type: 'passed' }
  | { type: 'failure' | 'error'; kind: FailureType; message: string; body: string }
  | { type: 'skipped'; message: string }

/** Fixed words; none of them is a type name of Rails, which GitLab would cast the body to. */
export type FailureType =
  | 'AssertionFailed'
  | 'CommandFailed'
  | 'ScriptError'
  | 'Timeout'
  | 'GuestPanic'
  | 'NodeDied'
  | 'NixBuildFailure'
  | 'EvalFailure'
  | 'HostFailure'
  | 'Interrupted'
  | 'NotExecuted'
  | 'NoVerdict'

/** A `<testcase>` before it is XML. */
export interface JunitCase {
  name: string
  seconds: number
  verdict: CaseVerdict
  /** Failures of earlier attempts of a check that passed in the end. */
  flaky: { element: 'flakyFailure' | 'flakyError'; kind: FailureType; message: string }[]
  /** Console and log for `<system-out>`; empty for none. */
  out: string
}

// JUnit's own limits come later, by characters.
const page = {
  style: createStyle(false),
  output: Number.POSITIVE_INFINITY,
  console: Number.POSITIVE_INFINITY,
  width: Number.POSITIVE_INFINITY,
}

/** The cases of one check: one per assertion, and a `driver` case for what belongs to no assertion. */
export function junitCases(check: CheckReport): JunitCase[] {
  const own = ownSeconds(check.assertions)
  const cause = failedAssertion(check.assertions, check.failure)
  const cases = check.assertions.map((assertion, at): JunitCase => {
    const verdict = assertionVerdict(assertion, check)
    const out = assertion === cause && saysNo(verdict) ? consoleText(check) : ''
    return {
      name: caseNameOf(assertion),
      seconds: staleness(check) ? 0 : (own[at] ?? 0),
      verdict,
      flaky: [],
      out,
    }
  })
  const driver = driverCase(check, cases)
  return (driver ? [driver, ...cases] : cases).map((one) => withQuarantine(one, check))
}

/** A consumer must not count a known failure as a new one, nor as a pass. */
function withQuarantine(one: JunitCase, check: CheckReport): JunitCase {
  const { verdict } = one
  const [quarantine] = quarantineText(check)
  if (quarantine === undefined || !('body' in verdict)) return one
  return { ...one, verdict: { type: 'skipped', message: `${quarantine}: ${verdict.message}` } }
}

/**
 * A subtest lasts as long as what it holds. Consumers add the cases up, so a subtest gets only the time that none
 * of its assertions used.
 */
function ownSeconds(assertions: Assertion[]): number[] {
  const own = assertions.map(({ seconds }) => seconds ?? 0)
  const open: { depth: number; at: number }[] = []
  assertions.forEach((assertion, at) => {
    const depth = assertion.path.length
    while ((open.at(-1)?.depth ?? -1) >= depth) open.pop()
    const parent = open.at(-1)
    if (parent) own[parent.at] = (own[parent.at] ?? 0) - (assertion.seconds ?? 0)
    if (assertion.kind === 'subtest') open.push({ depth, at })
  })
  return own.map((seconds) => Math.max(0, seconds))
}

function assertionVerdict(assertion: Assertion, check: CheckReport): CaseVerdict {
  const stale = staleness(check)
  if (stale !== null)
    return {
      type: 'skipped',
      message: `${stale}; the earlier run said ${assertionLooks[assertion.outcome].words}`,
    }
  switch (assertion.outcome) {
    case 'passed':
      return { type: 'passed' }
    case 'failed':
      return assertion.caught ? { type: 'passed' } : refusal('failure', assertion, check)
    case 'errored':
      return assertion.caught ? { type: 'passed' } : refusal('error', assertion, check)
    case 'unfinished':
      return { type: 'skipped', message: 'not finished: the script stopped before it ended' }
  }
}

function saysNo(verdict: CaseVerdict): boolean {
  return verdict.type === 'failure' || verdict.type === 'error'
}

/** Why nothing that is reported here was seen by this run; null when it was. */
function staleness(check: CheckReport): string | null {
  if (check.execution === 'cached') return 'cached: not executed now'
  if (check.execution === 'substituted') return 'substituted: not executed now'
  return check.outcome === 'skipped' ? 'skipped' : null
}

function howSkipped({ execution }: CheckReport): string {
  return execution === 'cached' || execution === 'substituted' ? execution : 'skipped'
}

function refusal(type: 'failure' | 'error', assertion: Assertion, check: CheckReport): CaseVerdict {
  const isCause = failedAssertion(check.assertions, check.failure) === assertion
  const failure = isCause ? check.failure : null
  const message =
    oneLine(failure?.message ?? assertion.message ?? '') || `${caseNameOf(assertion)} ${assertion.outcome}`
  const own = { ...noStory, assertion }
  const story = isCause ? wholeStory(check) : own
  return { type, kind: failureType(failure ?? assertion, check), message, body: body(message, story) }
}

/** Without the consoles: they stand in `<system-out>`, which GitLab shows below the body. */
function wholeStory(check: CheckReport): FailureStory {
  return { ...storyOf(check), consoles: [] }
}

function consoleText(check: CheckReport): string {
  const story = { ...noStory, consoles: check.consoles }
  const log = check.folder === null ? [] : [`log: ${oneLine(check.folder)}/driver.log`]
  return [...log, ...failureLines(story, page)].join('\n')
}

/** The message comes first because GitLab shows only the body, then what a person needs next. */
function body(message: string, story: FailureStory): string {
  const lines = failureLines(story, page)
  return [message, ...lines.filter((line) => line !== message)].join('\n')
}

function driverCase(check: CheckReport, cases: JunitCase[]): JunitCase | null {
  const verdict = driverVerdict(check, cases)
  const flaky = check.outcome === 'passed' ? check.earlier.flatMap(asFlaky) : []
  if (verdict.type === 'passed' && cases.length > 0 && flaky.length === 0) return null
  const seconds = cases.length === 0 ? (check.seconds ?? 0) : 0
  return { name: 'driver', seconds, verdict, flaky, out: saysNo(verdict) ? consoleText(check) : '' }
}

/** What the check as a whole says beyond its assertions, so that no verdict is lost. */
function driverVerdict(check: CheckReport, cases: JunitCase[]): CaseVerdict {
  const told = (type: string) => cases.some((one) => one.verdict.type === type)
  const stale = staleness(check)
  switch (check.outcome) {
    case 'passed':
      return stale === null ? { type: 'passed' } : { type: 'skipped', message: stale }
    case 'skipped':
      return {
        type: 'skipped',
        message: `${howSkipped(check)}: ${oneLine(check.reason ?? '') || 'no reason given'}`,
      }
    case 'failed':
    case 'timed-out':
      return told('failure') || told('error') ? { type: 'passed' } : whole('failure', check)
    case 'errored':
    case 'interrupted':
    case 'unknown':
      return told('error') ? { type: 'passed' } : whole('error', check)
  }
}

function whole(type: 'failure' | 'error', check: CheckReport): CaseVerdict {
  const message = oneLine(check.failure?.message ?? '') || withoutFailure(check)
  const kind = check.failure ? failureType(check.failure, check) : failureTypeOfOutcome(check)
  return { type, kind, message, body: body(message, wholeStory(check)) }
}

function withoutFailure(check: CheckReport): string {
  if (check.notes[0]) return oneLine(check.notes[0])
  if (check.outcome === 'unknown') return 'the log does not tell whether the test passed or failed'
  return `the check ${outcomeLooks[check.outcome].words}, and nothing says why`
}

function failureTypeOfOutcome(check: CheckReport): FailureType {
  if (check.outcome === 'interrupted') return 'Interrupted'
  if (check.outcome === 'timed-out') return 'Timeout'
  return check.outcome === 'unknown' ? 'NoVerdict' : 'ScriptError'
}

function failureType(failure: Pick<Failure, 'kind'>, check: CheckReport): FailureType {
  if (check.outcome === 'interrupted') return 'Interrupted'
  if (staleness(check)) return 'NotExecuted'
  switch (failure.kind) {
    case 'succeed':
    case 'fail':
    case 'execute':
      return 'CommandFailed'
    case 'timeout':
      return 'Timeout'
    case 'node-died':
      return check.outcome === 'failed' ? 'GuestPanic' : 'NodeDied'
    case 'build':
      return 'NixBuildFailure'
    case 'evaluation':
      return 'EvalFailure'
    case 'host':
      return 'HostFailure'
    case 'python':
      return 'ScriptError'
    default:
      return 'AssertionFailed'
  }
}

function asFlaky(earlier: EarlierAttempt): JunitCase['flaky'] {
  const says = earlier.outcome === 'failed' || earlier.outcome === 'timed-out'
  const kind: FailureType =
    earlier.outcome === 'timed-out' ? 'Timeout' : says ? 'AssertionFailed' : 'HostFailure'
  const message = `attempt ${earlier.attempt} ${outcomeLooks[earlier.outcome].words}: ${oneLine(earlier.failure?.message ?? 'nothing says why')}`
  return [{ element: says ? 'flakyFailure' : 'flakyError', kind, message }]
}
