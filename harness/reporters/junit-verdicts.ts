import type { Assertion } from '../model/assertion.ts'
import type { CheckReport, ConsoleTail, Failure } from '../model/report.ts'
import {
  type FailureStory,
  failedAssertion,
  failureLines,
  messageOf,
  noStory,
  storyOf,
} from './failure-lines.ts'
import { caseNameOf } from './junit-names.ts'
import { oneLine } from './safe-text.ts'
import { assertionLooks, createStyle, outcomeLooks } from './style.ts'

/** What a case says. `failure`: the check said no. `error`: it could not tell. */
export type CaseVerdict =
  | { type: 'passed' }
  | { type: 'failure' | 'error'; kind: FailureType; message: string; body: string }
  | { type: 'skipped'; message: string }

/** A verdict that is one's fault. */
export type Refusal = Extract<CaseVerdict, { body: string }>

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

// JUnit's own limits come later, by characters.
const page = {
  style: createStyle(false),
  output: Number.POSITIVE_INFINITY,
  console: Number.POSITIVE_INFINITY,
  width: Number.POSITIVE_INFINITY,
}

/** What one assertion says. */
export function assertionVerdict(assertion: Assertion, check: CheckReport): CaseVerdict {
  const stale = staleness(check)
  if (stale !== null) {
    return {
      type: 'skipped',
      message: `${stale}; the earlier run said ${assertionLooks[assertion.outcome].words}`,
    }
  }
  switch (assertion.outcome) {
    case 'passed':
      return passed
    case 'failed':
      return assertion.caught ? passed : refusal('failure', assertion, check)
    case 'errored':
      return assertion.caught ? passed : refusal('error', assertion, check)
    case 'unfinished':
      return { type: 'skipped', message: 'not finished: the script stopped before it ended' }
  }
}

/** Nothing to say. */
export const passed: CaseVerdict = { type: 'passed' }

/** Whether a verdict is a failure or an error. */
export function refuses(verdict: CaseVerdict): verdict is Refusal {
  return verdict.type === 'failure' || verdict.type === 'error'
}

/** Why nothing that is reported here was seen by this run; null when it was. */
export function staleness(check: CheckReport): string | null {
  if (check.execution === 'cached') return 'cached: not executed now'
  if (check.execution === 'substituted') return 'substituted: not executed now'
  return check.outcome === 'skipped' ? 'skipped' : null
}

/**
 * What the check as a whole says beyond its other cases, so that no verdict is lost; `passed` when they say it.
 * @param told what those say
 */
export function driverVerdict(check: CheckReport, told: ReadonlySet<CaseVerdict['type']>): CaseVerdict {
  const stale = staleness(check)
  switch (check.outcome) {
    case 'passed':
      return stale === null ? passed : { type: 'skipped', message: stale }
    case 'skipped':
      return {
        type: 'skipped',
        message: `${howSkipped(check)}: ${oneLine(check.reason ?? '') || 'no reason given'}`,
      }
    case 'failed':
    case 'timed-out':
      return told.has('failure') || told.has('error') ? passed : whole('failure', check)
    case 'errored':
    case 'interrupted':
    case 'unknown':
      return told.has('error') ? passed : whole('error', check)
  }
}

/** The consoles of a check, that of the node at fault first, for the case that tells why it did not pass. */
export function consoleText(check: CheckReport): string {
  const atFault = check.failure?.node ?? failedAssertion(check.assertions, check.failure)?.node
  const isFirst = ({ node }: ConsoleTail) => node === atFault
  const consoles = [...check.consoles.filter(isFirst), ...check.consoles.filter((one) => !isFirst(one))]
  return failureLines({ ...noStory, consoles }, page).join('\n')
}

/** The type of a failure, in JUnit's words. */
export function failureType(failure: Pick<Failure, 'kind'>, check: CheckReport): FailureType {
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

function howSkipped({ execution }: CheckReport): string {
  return execution === 'cached' || execution === 'substituted' ? execution : 'skipped'
}

function refusal(type: 'failure' | 'error', assertion: Assertion, check: CheckReport): CaseVerdict {
  const isCause = failedAssertion(check.assertions, check.failure) === assertion
  const failure = isCause ? check.failure : null
  const message =
    oneLine(failure ? messageOf(failure, check.symptoms) : (assertion.message ?? '')) ||
    `${caseNameOf(assertion)} ${assertion.outcome}`
  const story = isCause ? wholeStory(check) : { ...noStory, assertion }
  return { type, kind: failureType(failure ?? assertion, check), message, body: body(message, story) }
}

function whole(type: 'failure' | 'error', check: CheckReport): CaseVerdict {
  const message =
    oneLine(check.failure ? messageOf(check.failure, check.symptoms) : '') || withoutFailure(check)
  const kind = check.failure ? failureType(check.failure, check) : failureTypeOfOutcome(check)
  return { type, kind, message, body: body(message, wholeStory(check)) }
}

/** Without the consoles: they stand in `<system-out>`, which GitLab shows below the body. */
function wholeStory(check: CheckReport): FailureStory {
  return { ...storyOf(check), consoles: [] }
}

/** The message comes first because GitLab shows only the body, then what a person needs next. */
function body(message: string, story: FailureStory): string {
  const lines = failureLines(story, page)
  return [message, ...lines.filter((line) => line !== message)].join('\n')
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
