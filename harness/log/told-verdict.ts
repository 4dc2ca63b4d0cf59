import type { Outcome } from '../model/outcome.ts'
import type { Failure, FailureKind } from '../model/report.ts'
import { isLostNode } from './blame.ts'
import type { Entry, Ledger } from './ledger.ts'
import type { Node, Nodes } from './nodes.ts'
import type { ScriptPrints } from './script-prints.ts'
import { cleanMessage, toBytesString, withoutBreaks } from './text.ts'
import type { ToldFailure, ToldFailures } from './told-failures.ts'

/** How a test ended. */
export interface LogVerdict {
  outcome: Outcome
  failure: Failure | null
}

/** The exception that ended a script. Texts are clean. */
export interface LastError {
  /** Its class. */
  exception: string
  message: string
  /** Frames of the script, innermost last, as a traceback shows them on one line each. */
  frames: string[]
  /** Line of the script of the innermost frame. */
  scriptLine: number | null
  /** The driver's own code raised it. */
  inDriver: boolean
}

/** What is known at the end of a test whose driver tells each failure. */
export interface ToldEnd {
  ledger: Ledger
  failures: ToldFailures
  nodes: Nodes
  prints: ScriptPrints
  lastLine: number
}

/**
 * The verdict on a script that threw.
 * @param causes the failures that the error left behind on its way out, innermost first
 */
export function toldFailed(end: ToldEnd, error: LastError, causes: ToldFailure[]): LogVerdict {
  const [innermost] = causes
  const isDemand = error.exception === 'RequestedAssertionFailed'
  // What an error merely passed through is not what it is about.
  const culprit = innermost && (innermost.entry.kind !== 'subtest' || isDemand) ? innermost : null
  if (isLostNode(error.message) && (culprit || error.inDriver)) return lostNode(end, error, causes)
  if (culprit && error.exception !== 'AssertionError') {
    end.failures.settle(causes, 'failed')
    return failed(culprit.entry.kind, error, culprit.entry)
  }
  return scriptFailed(end, error, causes)
}

/** The verdict on a test whose surroundings could not be made. @param message clean */
export function hostBroken(message: string): LogVerdict {
  return { outcome: 'errored', failure: failureOf('host', message, null) }
}

/** The verdict when the time was over. @param running what was going on, innermost; null for nothing */
export function toldTimeout({ failures, ledger }: ToldEnd, running: Entry | null): LogVerdict {
  failures.settle([], 'failed')
  const message = `timeout reached: ${whatRan(running)}`
  for (let one = running; one; one = one.subtest) {
    ledger.end(one, { outcome: 'failed', caught: false, seconds: null, message, output: null })
  }
  return { outcome: 'timed-out', failure: failureOf('timeout', message, running) }
}

/** A command may be a long script. */
const longestStep = 200

function whatRan(running: Entry | null): string {
  if (!running) return 'the script was in none of its steps'
  const { node, kind, text } = running
  const step = `${node === null ? '' : `${node}: `}${kind} ${withoutBreaks(text)}`.trimEnd()
  return `still running was ${step.length > longestStep ? `${step.slice(0, longestStep)}…` : step}`
}

/** A guest that ended itself fails the check; a QEMU that died, or never started, is nobody's fault. */
function lostNode(end: ToldEnd, error: LastError, causes: ToldFailure[]): LogVerdict {
  const entry = causes[0]?.entry ?? null
  const named = /^([\w.-]+): QEMU process exited/m.exec(error.message)?.[1] ?? entry?.node ?? null
  const node = named === null ? end.nodes.all.find(({ panicked }) => panicked) : end.nodes.find(named)
  const outcome = endedItself(node) ? 'failed' : 'errored'
  end.failures.settle(causes, outcome)
  const kind = /^Failed to start|QEMU process exited/.test(error.message) ? 'host' : 'node-died'
  const culprit = entry?.kind === 'subtest' ? null : entry
  const failure = failureOf(kind, error.message, culprit, error.frames)
  return { outcome, failure: { ...failure, node: node?.name ?? null } }
}

function endedItself(node: Node | undefined): boolean {
  return node !== undefined && (node.panicked || node.poweredOff)
}

/** The script itself raised: an assert, or a mistake in it. */
function scriptFailed(end: ToldEnd, error: LastError, causes: ToldFailure[]): LogVerdict {
  end.failures.settle(causes, 'failed')
  const words = wordsFor(error)
  if (error.exception !== 'AssertionError') return failed('python', { ...error, message: words }, null)
  const source = error.frames.at(-1)?.split(/, in \S+: /)[1]
  const entry = end.ledger.start({
    node: null,
    kind: 'python',
    text: source ?? (error.scriptLine === null ? 'assert' : `line ${error.scriptLine} of the test script`),
    phase: end.prints.phase,
    subtest: causes[0]?.entry ?? null,
    line: causes[0]?.line ?? end.lastLine,
  })
  end.ledger.end(entry, { outcome: 'failed', caught: false, seconds: null, message: words, output: null })
  return failed('python', { ...error, message: words }, entry)
}

/** An error without words: say where it stands. */
function wordsFor({ exception, message, scriptLine }: LastError): string {
  if (message !== '') return message
  return scriptLine === null
    ? `${exception} without a message`
    : `${exception} in line ${scriptLine} of the test script`
}

function failed(kind: FailureKind, { message, frames }: LastError, culprit: Entry | null): LogVerdict {
  return { outcome: 'failed', failure: failureOf(kind, message, culprit, frames) }
}

function failureOf(
  kind: FailureKind,
  message: string,
  culprit: Entry | null,
  frames: string[] = [],
): Failure {
  return {
    assertion: culprit?.index ?? null,
    node: culprit?.node ?? null,
    kind,
    message: withoutBreaks(shown(message)),
    traceback: frames.slice(-50).map(shown),
  }
}

function shown(text: string): string {
  return cleanMessage(toBytesString(text))
}
