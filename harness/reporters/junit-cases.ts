import type { Assertion } from '../model/assertion.ts'
import type { CheckReport, EarlierAttempt } from '../model/report.ts'
import type { JunitGranularity } from '../model/run-defaults.ts'
import { failedAssertion } from './failure-lines.ts'
import { type CaseScope, scopesOf, scopeVerdict } from './junit-scopes.ts'
import {
  type CaseVerdict,
  consoleText,
  driverVerdict,
  type FailureType,
  failureType,
  refuses,
  staleness,
} from './junit-verdicts.ts'
import { oneLine, safeLines } from './safe-text.ts'
import { outcomeLooks } from './style.ts'
import { quarantineText } from './wording.ts'

/** A `<testcase>` before it is XML. */
export interface JunitCase {
  /** Not yet unique, and as long as it is; null for the case of what belongs to no assertion. */
  name: string | null
  seconds: number
  verdict: CaseVerdict
  /** Attempts before the last one. */
  earlier: EarlierVerdict[]
  /** Consoles of the check, when this case tells why it did not pass; null when another one does. */
  out: string | null
}

/** How an attempt went that another one followed. */
export interface EarlierVerdict {
  /** Surefire's words: `flaky…` when the last attempt passed. */
  element: 'flakyFailure' | 'flakyError' | 'rerunFailure' | 'rerunError'
  kind: FailureType
  message: string
  /** Without the log, see `folder`. */
  body: string
  /** Of the attempt, relative to the run's folder. */
  folder: string | null
}

/** The cases of one check; that of what belongs to no assertion comes first, where there is one. */
export function junitCases(check: CheckReport, granularity: JunitGranularity): JunitCase[] {
  const scopes = scopesOf(check, granularity)
  const [whole] = scopes
  const cases =
    granularity === 'check' && whole ? [wholeCase(whole, check)] : withDriver(casesOf(scopes, check), check)
  return withEarlier(cases, check).map((one) => withQuarantine(one, check))
}

function casesOf(scopes: CaseScope[], check: CheckReport): JunitCase[] {
  const own = ownSeconds(check.assertions)
  const cause = failedAssertion(check.assertions, check.failure)
  const isStale = staleness(check) !== null
  return scopes.map(({ name, assertions }) => {
    const verdict = scopeVerdict(assertions, check)
    const isCause = cause !== null && refuses(verdict) && assertions.includes(cause)
    const seconds = isStale ? 0 : assertions.reduce((sum, { index }) => sum + (own[index] ?? 0), 0)
    return { name, seconds, verdict, earlier: [], out: isCause ? consoleText(check) : null }
  })
}

/** The case of a whole check says what the check came to, by its assertions where they tell. */
function wholeCase({ name, assertions }: CaseScope, check: CheckReport): JunitCase {
  const told = scopeVerdict(assertions, check)
  const beyond = driverVerdict(check, new Set([told.type]))
  const verdict = beyond.type !== 'passed' || check.outcome === 'passed' ? beyond : told
  const seconds = check.seconds ?? ownSeconds(check.assertions).reduce((sum, own) => sum + own, 0)
  return {
    name,
    seconds: staleness(check) ? 0 : seconds,
    verdict,
    earlier: [],
    out: refuses(verdict) ? consoleText(check) : null,
  }
}

/** Puts a case for what belongs to no assertion before the others, when there is something to say in it. */
function withDriver(cases: JunitCase[], check: CheckReport): JunitCase[] {
  const verdict = driverVerdict(check, new Set(cases.map((one) => one.verdict.type)))
  const isNeeded =
    verdict.type !== 'passed' ||
    cases.length === 0 ||
    (check.outcome === 'passed' && check.earlier.length > 0)
  if (!isNeeded) return cases
  const seconds = cases.length === 0 ? (check.seconds ?? 0) : 0
  const out = refuses(verdict) ? consoleText(check) : null
  return [{ name: null, seconds, verdict, earlier: [], out }, ...cases]
}

/** Earlier attempts stand in the case that tells why the last one did not pass; after a pass in the driver's. */
function withEarlier(cases: JunitCase[], check: CheckReport): JunitCase[] {
  if (check.earlier.length === 0) return cases
  const causes = [
    cases.findIndex(({ out }) => out !== null),
    cases.findIndex(({ verdict }) => refuses(verdict)),
  ]
  const at = Math.max(0, causes.find((index) => index >= 0) ?? 0)
  const way = check.outcome === 'passed' ? 'flaky' : 'rerun'
  const earlier = check.earlier.map((one) => earlierVerdict(one, way, check))
  return cases.map((one, index) => (index === at ? { ...one, earlier } : one))
}

function earlierVerdict(earlier: EarlierAttempt, way: 'flaky' | 'rerun', check: CheckReport): EarlierVerdict {
  const { attempt, outcome, failure, folder } = earlier
  const saysNo = outcome === 'failed' || outcome === 'timed-out'
  const message = `attempt ${attempt} ${outcomeLooks[outcome].words}: ${oneLine(failure?.message ?? 'nothing says why')}`
  const script = (failure?.traceback ?? []).flatMap(safeLines)
  return {
    element: `${way}${saysNo ? 'Failure' : 'Error'}`,
    kind: kindOfEarlier(earlier, check),
    message,
    body: [message, ...script].join('\n'),
    folder,
  }
}

function kindOfEarlier({ outcome, failure }: EarlierAttempt, check: CheckReport): FailureType {
  if (outcome === 'timed-out') return 'Timeout'
  if (outcome === 'interrupted') return 'Interrupted'
  if (failure) return failureType(failure, { ...check, outcome, execution: 'executed' })
  return outcome === 'failed' ? 'AssertionFailed' : 'HostFailure'
}

/** A consumer must not count a known failure as a new one, nor as a pass. */
function withQuarantine(one: JunitCase, check: CheckReport): JunitCase {
  const { verdict } = one
  const [quarantine] = quarantineText(check)
  if (quarantine === undefined || !refuses(verdict)) return one
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
