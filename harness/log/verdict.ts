import type { FailureKind, NodeReport } from '../model/report.ts'
import { blame, isLostNode, takeBackForgeries } from './blame.ts'
import { type Block, isSubtest } from './blocks.ts'
import { about, failureOf, framesOf } from './failure.ts'
import type { Node } from './nodes.ts'
import { scriptFailed } from './script-failed.ts'
import { fail, failOpenGroups, settle } from './settle.ts'
import type { Story } from './story.ts'
import { cleanMessage, kept, withoutBreaks } from './text.ts'
import type { ToldFailures } from './told-failures.ts'
import { type LogVerdict, type ToldEnd, toldFailed, toldTimeout } from './told-verdict.ts'
import type { Traceback } from './traceback.ts'

/** What somebody else knows of the end of a test, such as Nix. */
export type EndHint =
  | { outcome: 'errored' | 'timed-out'; kind: FailureKind /** One line. */; message: string }
  /** It is known to exist, and nothing else. */
  | { outcome: 'unknown' }

/**
 * Decides from a log's text alone how its test ended, settles what is still open, and reports `logEnded`.
 * @param traceback of the exception that ended the script, where the log has it
 */
export function conclude(story: Story, traceback: Traceback | null, hint?: EndHint): void {
  const seconds = story.marks.scriptSeconds
  const told = decide(story, traceback)
  const verdict = told.outcome === 'unknown' && hint ? hinted(story, hint) : told
  settle(story)
  story.sink.event({
    type: 'logEnded',
    ...verdict,
    nodes: story.nodes.all.map(reportOf),
    // A script that failed never finished: those words stood in some output.
    seconds: verdict.outcome === 'failed' ? null : seconds,
  })
}

function hinted(story: Story, hint: EndHint): LogVerdict {
  if (hint.outcome === 'unknown') return { outcome: 'unknown', failure: null }
  const { outcome, kind, message } = hint
  const step = story.blocks.innermost(({ form, superseded }) => form.role === 'step' && !superseded)
  return { outcome, failure: failureOf(kind, message, about(step)) }
}

function reportOf({ name, consoleLines, booted, symptoms }: Node): NodeReport {
  return { name, consoleLines, booted, symptoms }
}

function decide(story: Story, traceback: Traceback | null): LogVerdict {
  if (story.marks.timeoutAt !== null && !story.marks.passed && !forgedTimeout(story, traceback))
    return timedOut(story)
  if (story.marks.passed) return finished(story)
  // The success mark is missing: a log level that hides it, or the driver's last words were cut off.
  if (story.marks.cleanedUp && story.marks.scriptEnded && !traceback)
    return { outcome: 'unknown', failure: null }
  if (story.marks.cleanedUp || traceback) return failed(story, traceback)
  if (story.hostError !== null) return hostBroken(story.hostError)
  return { outcome: 'unknown', failure: null }
}

/** Without colours the words may stand in the output of a command; then that command is what failed. */
function forgedTimeout(story: Story, traceback: Traceback | null): boolean {
  const message = traceback?.message ?? ''
  return story.coloured !== true && message.startsWith('command `') && blame(story, message, false) !== null
}

/** A script that ended well, unless it asserted nothing of a QEMU that was dead. */
function finished(story: Story): LogVerdict {
  story.caught()
  if (story.told) return { outcome: 'passed', failure: null }
  for (const block of [...story.blocks.open].reverse()) story.abandon(block)
  const asserted = story.ledger.entries.some(
    ({ node, result }) => node !== null && result?.outcome === 'passed',
  )
  const dead = asserted ? undefined : story.nodes.all.find(neverLived)
  if (!dead) return { outcome: 'passed', failure: null }
  const why = dead.complaint === null ? '' : `: ${cleanMessage(dead.complaint).trim()}`
  const message = `QEMU of ${dead.name} died at once, and the script asserted nothing of it${why}`
  return { outcome: 'errored', failure: failureOf('node-died', withoutBreaks(message), { node: dead.name }) }
}

/** QEMU was started and said why it cannot; silence alone may be a QEMU that was ended before it could speak. */
function neverLived(node: Node): boolean {
  return node.started && node.complaint !== null && !node.spoke && !node.terminated && !node.poweredOff
}

/** Unlike that of told-verdict.ts, of a log's text: bytes, not characters. */
function hostBroken(message: string): LogVerdict {
  return { outcome: 'errored', failure: failureOf('host', withoutBreaks(cleanMessage(message))) }
}

function timedOut(story: Story): LogVerdict {
  if (story.told) {
    const running = story.blocks.innermost(({ entry }) => entry !== null)
    return toldTimeout(toldEnd(story, story.told), running?.entry ?? null)
  }
  const step = story.timeoutStep?.fate === 'ended' ? null : story.timeoutStep
  const message = 'timeout reached; test terminating...'
  const subtest = story.blocks.innermost(isSubtest)
  const culprit = step ?? subtest
  if (culprit) fail(story, culprit, message, 'failed')
  return { outcome: 'timed-out', failure: failureOf('timeout', message, about(step)) }
}

function failed(story: Story, traceback: Traceback | null): LogVerdict {
  if (traceback?.exception === 'KeyboardInterrupt') {
    return { outcome: 'interrupted', failure: null }
  }
  if (story.told && traceback) {
    const { exception, message, frames, scriptLine, inDriver } = traceback
    const words = kept(message ?? '')
    const error = { exception, message: words, frames: frames.map(kept), scriptLine, inDriver }
    return toldFailed(toldEnd(story, story.told), error, story.told.leftBy(words))
  }
  const message = messageOf(story, traceback)
  const polled = message === null ? null : pollingFailure(story, message, traceback)
  if (polled) return polled
  const block = message === null ? silentFailure(story) : blamed(story, message, traceback)
  if (block && block.error === null) takeBackForgeries(story, block)
  dropForgedSubtests(story, traceback)
  if (message !== null && isLostNode(message) && (block || traceback?.inDriver)) {
    return lostNode(story, block, message, traceback)
  }
  if (block && traceback?.exception !== 'AssertionError') {
    return stepFailed(story, block, message ?? silentMessage(block), traceback)
  }
  return scriptFailed(story, message, traceback)
}

function toldEnd(story: Story, failures: ToldFailures): ToldEnd {
  const { ledger, nodes, prints, lastLine } = story
  return { ledger, failures, nodes, prints, lastLine }
}

/** What a subtest's error was about is known already. */
function blamed(story: Story, message: string, traceback: Traceback | null): Block | null {
  const known = story.blocks.innermost(({ form, error }) => form.role === 'step' && error === message)
  return known ?? blame(story, message, traceback?.inDriver ?? false)
}

/** A subtest repeats the words exactly; a traceback breaks them where Python sees line ends. */
function messageOf(story: Story, traceback: Traceback | null): string | null {
  const told = story.blocks.innermost((block) => block.error !== null)?.error ?? null
  const squeezed = (text: string) => text.replace(/[^!-~]+/g, '')
  if (told !== null && (!traceback || squeezed(told) === squeezed(traceback.message ?? ''))) return told
  return traceback?.message ?? story.unplacedError?.message ?? told
}

/** Some log levels swallow every message; the output of a failed command stays. */
function silentFailure(story: Story): Block | null {
  return story.blocks.innermost(({ output, superseded }) => output !== null && !superseded)
}

function silentMessage({ form }: Block): string {
  return form.role === 'bookkeeping' ? '' : `command \`${form.text}\` failed`
}

function lostNode(
  story: Story,
  block: Block | null,
  message: string,
  traceback: Traceback | null,
): LogVerdict {
  const named = /^([\w.-]+): QEMU process exited/m.exec(message)?.[1]
  const node = lostOne(story, named ?? block?.node ?? null)
  const guestDied = node !== undefined && (node.panicked || node.poweredOff)
  const outcome = guestDied ? 'failed' : 'errored'
  if (block) fail(story, block, message, outcome)
  else failOpenGroups(story, message, outcome)
  const kind = /^Failed to start|QEMU process exited/.test(message) ? 'host' : 'node-died'
  const failure = failureOf(kind, withoutBreaks(cleanMessage(message)), {
    ...about(block),
    node: node?.name ?? null,
    traceback: framesOf(traceback),
  })
  return { outcome, failure }
}

function lostOne(story: Story, name: string | null): Node | undefined {
  if (name !== null) return story.nodes.find(name)
  return story.nodes.all.find(({ panicked }) => panicked)
}

function stepFailed(story: Story, block: Block, message: string, traceback: Traceback | null): LogVerdict {
  fail(story, block, message, 'failed')
  const kind = block.form.role === 'bookkeeping' ? 'python' : block.form.kind
  const failure = failureOf(kind, withoutBreaks(cleanMessage(message)), {
    ...about(block),
    traceback: framesOf(traceback),
  })
  return { outcome: 'failed', failure }
}

// Polling condition failed: marker is there
function pollingFailure(story: Story, message: string, traceback: Traceback | null): LogVerdict | null {
  const what = /^Polling condition failed: ([\s\S]*)$/.exec(message)?.[1]
  if (what === undefined) return null
  const entry = story.ledger.entries.findLast(
    ({ kind, result }) => kind === 'polling_condition' && result?.outcome === 'failed',
  )
  if (entry?.result) story.ledger.end(entry, { ...entry.result, caught: false, message: kept(message) })
  failOpenGroups(story, message, 'failed')
  const failure = failureOf('polling_condition', withoutBreaks(cleanMessage(message)), {
    assertion: entry?.index ?? null,
    traceback: framesOf(traceback),
  })
  return { outcome: 'failed', failure }
}

/** Without colours a print can look like a subtest; a real one around the failure reports it. */
function dropForgedSubtests(story: Story, traceback: Traceback | null): void {
  if (story.coloured === true || traceback?.leavingBlock || (!traceback && !story.unplacedError)) return
  const reported = story.blocks.open.findLastIndex((block) => block.error !== null)
  const forged = story.blocks.open.filter(
    (block, at) => isSubtest(block) && block.error === null && (traceback ? true : at > reported),
  )
  for (const block of forged) {
    story.blocks.end(block, story.lastLine)
    if (block.entry) story.ledger.remove(block.entry)
  }
}
