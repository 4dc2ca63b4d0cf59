import type { Assertion } from '../model/assertion.ts'
import type { AttemptEnd } from '../model/attempt-end.ts'
import type { CheckKind, Execution, Outcome } from '../model/outcome.ts'
import type { Failure, NodeReport } from '../model/report.ts'
import { formatSeconds } from '../model/units.ts'
import { type AttemptState, showsDriver } from './attempt-state.ts'

/** The two witnesses of one attempt: what its log told, and what the executor saw from outside. */
export interface Testimony {
  log: AttemptState
  end: AttemptEnd
  execution: Execution
  kind: CheckKind
  /** false for a formatter or a package that was named: its builder's exit code is all it asserts. */
  isVmTest: boolean
  timeoutSeconds: number
}

/** What an attempt came to. */
export interface Judgement {
  outcome: Outcome
  /** null when it passed, and where there is nothing to blame on the check. */
  failure: Failure | null
  /** For people, one line each. */
  notes: string[]
}

/** Weighs both witnesses. No evidence, no pass; what only broke is never called failed. */
export function judge(testimony: Testimony): Judgement {
  const { end } = testimony
  switch (end.type) {
    case 'succeeded':
      return succeeded(testimony, end.outputDiffers)
    case 'builder-failed':
      return builderFailed(testimony, end.message)
    case 'timed-out':
      return timedOut(testimony, end.message)
    case 'interrupted':
      return alreadyFailed(testimony.log, 'the run was interrupted afterwards') ?? plain('interrupted')
    case 'broken':
      return { outcome: 'errored', failure: failureOf(end.kind, end.message), notes: [] }
  }
}

const differs = "the output differs from the store's; the script itself ran to its end"
const demandedNothing = 'the script ran to its end and demanded nothing of a node: no assertion was executed'
const assertedUnseen = "the script ran to its end, but its log shows no assertion: Python's own are not in it"
const notATest = "not a VM test: its builder's exit code is its only assertion"

function succeeded(testimony: Testimony, outputDiffers: boolean): Judgement {
  const { log, execution, isVmTest } = testimony
  if (execution !== 'executed') return plain('unknown', [notExecuted(execution)])
  const notes = outputDiffers ? [differs] : []
  if (!isVmTest) return plain('passed', [notATest, ...notes])
  const verdict = log.verdict
  switch (verdict?.outcome) {
    case 'passed':
      return ranToItsEnd(testimony, notes)
    case 'failed':
    case 'errored':
    case 'timed-out':
      return {
        outcome: verdict.outcome,
        failure: verdict.failure,
        notes: [...notes, 'the builder exited with 0 all the same: the script swallowed its failure'],
      }
    default:
      return plain('unknown', [...notes, withoutEnd(log)])
  }
}

/**
 * A script that demanded nothing has shown nothing. Our own driver tells of every demand. The log of NixOS's does not
 * hold what a script asserts in Python, so there a node that booted for it counts, too.
 */
function ranToItsEnd({ log, kind }: Testimony, notes: string[]): Judgement {
  if (log.assertions.some((one) => one.kind !== 'subtest')) return plain('passed', notes)
  const hasBooted = nodesSeen(log).some(({ booted }) => booted)
  return kind === 'nixos' && hasBooted
    ? plain('passed', [...notes, assertedUnseen])
    : plain('unknown', [...notes, demandedNothing])
}

function nodesSeen({ verdict, nodes }: AttemptState): NodeReport[] {
  return [...nodes, ...(verdict?.nodes ?? [])]
}

function builderFailed({ log, isVmTest }: Testimony, message: string): Judgement {
  if (!isVmTest) return { outcome: 'failed', failure: failureOf('build', message), notes: [notATest] }
  const verdict = log.verdict
  switch (verdict?.outcome) {
    case 'failed':
    case 'errored':
    case 'timed-out':
      return { outcome: verdict.outcome, failure: verdict.failure, notes: [] }
    case 'passed':
      return {
        outcome: 'errored',
        failure: failureOf('build', `the script ran to its end, then its build failed: ${message}`),
        notes: [],
      }
    default:
      return { outcome: 'errored', failure: failureOf('build', during(log, message)), notes: [] }
  }
}

/** A builder such as `driver | tee log` exits with 0 whatever became of the driver, so 0 alone proves nothing. */
function withoutEnd(log: AttemptState): string {
  return showsDriver(log)
    ? "the build succeeded, but its log ends without the driver's end mark: nothing proves that the script finished"
    : 'the build succeeded, but its log shows no run of a test driver'
}

function timedOut({ log, timeoutSeconds }: Testimony, message: string): Judgement {
  const limit = message === '' ? ` after ${formatSeconds(timeoutSeconds)}` : `; ${message}`
  const failed = alreadyFailed(log, `it hung afterwards; timed out${limit}`)
  if (failed) return failed
  const open = openAssertion(log) ?? blamedAssertion(log)
  return {
    outcome: 'timed-out',
    failure: {
      ...failureOf('timeout', `${timeoutMessage(log, open)}${limit}`),
      assertion: open?.index ?? null,
      node: open?.node ?? null,
    },
    notes: [],
  }
}

function timeoutMessage(log: AttemptState, open: Assertion | null): string {
  if (open) return `timed out in ${nameOf(open)}${isMute(log, open) ? ' (its guest never gave a shell)' : ''}`
  if (log.scriptFinished) return 'the script ran to its end, but its build did not; timed out'
  return showsDriver(log) ? 'timed out between two assertions' : 'timed out before its script began'
}

/** A driver that ended the test itself has told what it waited for. */
function blamedAssertion({ verdict, assertions }: AttemptState): Assertion | null {
  if (verdict?.outcome !== 'timed-out') return null
  return assertions[verdict.failure?.assertion ?? -1] ?? null
}

function isMute({ nodes }: AttemptState, { node }: Assertion): boolean {
  return nodes.some(({ name, booted }) => name === node && !booted)
}

/** What failed before the time was over or the user lost patience has failed. */
function alreadyFailed(log: AttemptState, note: string): Judgement | null {
  if (log.verdict?.outcome !== 'failed') return null
  return { outcome: 'failed', failure: log.verdict.failure, notes: [note] }
}

function during(log: AttemptState, message: string): string {
  const open = openAssertion(log)
  return open ? `${message}, in ${nameOf(open)}` : message
}

/** The innermost one that was waited for when the log stopped. */
function openAssertion(log: AttemptState): Assertion | null {
  const open = log.assertions.filter((one) => one.outcome === 'unfinished')
  return open.findLast((one) => one.kind !== 'subtest') ?? open.at(-1) ?? null
}

function nameOf({ node, kind, text }: Assertion): string {
  const [first = '', ...more] = text.split('\n')
  const shown = `${first}${more.length > 0 ? ' ...' : ''}`
  return `${node === null ? '' : `${node}: `}${kind}${shown === '' ? '' : ` ${shown}`}`
}

function notExecuted(execution: Execution): string {
  if (execution === 'cached') return 'not executed: a valid output stood in the store'
  if (execution === 'substituted') return 'not executed: the output came from a binary cache'
  return 'nothing proves that it was executed now'
}

function failureOf(kind: Failure['kind'], message: string): Failure {
  return { assertion: null, node: null, kind, message, traceback: [] }
}

function plain(outcome: Outcome, notes: string[] = []): Judgement {
  return { outcome, failure: null, notes }
}
