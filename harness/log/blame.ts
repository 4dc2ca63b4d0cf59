import type { AssertionKind } from '../model/assertion.ts'
import type { Block } from './blocks.ts'
import { sameLine } from './blocks.ts'
import type { Story } from './story.ts'
import { withoutCodes } from './text.ts'

// command `kubectl get nodes` failed (exit code 1)
// command `false` unexpectedly succeeded
const commandMessage = /^command `([\s\S]*)` (failed \(exit code -?\d+\)|unexpectedly succeeded)$/

/** Words of the driver for everything but commands, by the kinds of step that they may come from. */
const otherMessages: [RegExp, RegExp][] = [
  // action timed out after 5.02 seconds (timeout=5.0)
  [/^action timed out after /, /^(?:wait_|polling)/],
  // unit "broken.service" reached state "failed"
  [/^unit "/, /^wait_for_unit$/],
  // retrieving systemctl info for unit "x.service" failed with exit code 1
  [/^retrieving systemctl (?:info|property)/, /^(?:wait_for_unit|require_unit_state)$/],
  // Expected unit 'x.service' to to be in state 'active' but it is in state 'inactive'
  [/^Expected unit '/, /^require_unit_state$/],
  // Cannot convert screenshot (pnmtopng returned code 127)
  [/^Cannot convert screenshot/, /^screenshot$/],
  // OCR requested but enableOCR is false
  [/^OCR requested but/, /^wait_for_text$/],
]

// [Errno 32] Broken pipe
const lostNode =
  /^\[Errno (?:9|32|104|107|111)\]|Shell disconnected|Shell did not start in time|QEMU process exited with code|Failed to start the following machines/

/** The driver says this of a step; anything else is said of a value. */
export function isOfStep(message: string): boolean {
  return commandMessage.test(message) || otherMessages.some(([words]) => words.test(message))
}

/** The kind of step that such a message belongs to, where it belongs to one kind only. */
export function kindOf(message: string): AssertionKind | null {
  const command = commandMessage.exec(message)
  if (command) return command[2]?.startsWith('failed') ? 'succeed' : 'fail'
  if (message.startsWith('unit "')) return 'wait_for_unit'
  return message.startsWith("Expected unit '") ? 'require_unit_state' : null
}

/** The connection to a node broke, or it never came up. */
export function isLostNode(message: string): boolean {
  return lostNode.test(message)
}

/**
 * The block that an error speaks of. For a command its whole text must fit, which tells how many lines it has and
 * that what looked like the driver going on was its output.
 * @param thrown in the driver's own code, so whatever step is open has failed by it
 */
export function blame(story: Story, message: string, thrown: boolean): Block | null {
  const command = commandMessage.exec(message)
  if (command) {
    const kind = command[2]?.startsWith('failed') ? 'succeed' : 'fail'
    return blameCommand(story, kind, (command[1] ?? '').split('\n'))
  }
  const open = story.blocks.innermost(
    ({ form, superseded }) =>
      (form.role === 'step' && !superseded) || (form.role === 'group' && form.kind === 'polling_condition'),
  )
  if (!open || open.form.role === 'bookkeeping') return null
  const kind = open.form.kind
  const known = otherMessages.find(([words]) => words.test(message))
  if (known) return known[1].test(kind) ? open : null
  return isLostNode(message) || (thrown && open.output === null) ? open : null
}

function blameCommand(story: Story, kind: 'succeed' | 'fail', text: string[]): Block | null {
  const known = [...story.blocks.open, ...story.blocks.abandoned, ...story.recent]
  const alike = known.filter((block) => block.fate !== 'ended' && isCommand(block, kind, text, story))
  const block = alike.sort((a, b) => b.line - a.line)[0]
  if (!block) return null
  const lines = linesOf(block, text, story) ?? 0
  story.setText(block, text.slice(1), lines)
  // What seemed to be some other command's output stands right behind this one's text.
  const behind = block.watchedAt[lines]
  if (!block.output && story.outputs.current && story.outputs.current.line === behind)
    block.output = story.outputs.current
  return block
}

function isCommand(block: Block, kind: string, text: string[], story: Story): boolean {
  if (block.form.role !== 'step' || block.form.kind !== kind) return false
  const loosely = story.coloured !== true
  const prefix = kind === 'succeed' ? 'must succeed: ' : 'must fail: '
  return isRepeated(prefix + text[0], block.head, loosely) && linesOf(block, text, story) !== null
}

/**
 * How many of the lines behind a head are its text. A line of it that looks like a console's was taken for one.
 * @returns null when they are not this text
 */
function linesOf(block: Block, text: string[], story: Story): number | null {
  const seen = block.watched ?? block.more
  let at = 0
  for (const line of text.slice(1)) {
    if (isRepeated(line, seen[at] ?? '\u0000', story.coloured !== true)) at++
    else if (
      !story.nodes.all.some(({ coloured, plain }) => line.startsWith(coloured) || line.startsWith(plain))
    ) {
      return null
    }
  }
  return at
}

/** A bare traceback is read without codes, a head with them. */
function isRepeated(told: string, seen: string, loosely: boolean): boolean {
  return sameLine(told, seen, loosely) || told === withoutCodes(seen)
}

/**
 * A command is what ended the script, yet other things seemed to follow its output: then they were output, except
 * where a script looks around before it gives up (`except: print(machine.succeed("journalctl")); raise`).
 */
export function takeBackForgeries(story: Story, block: Block): void {
  const output = block.output
  if (!output || output.closedAt === null || !block.entry) return
  const since = story.ledger.entries.filter(({ line }) => line > output.line)
  const allEnded = since.every(({ result }) => result?.outcome === 'passed')
  if (since.length > 0 && output.closedCleanly && allEnded) return
  output.closedAt = story.marks.cleanedUp ? (output.cleanupMark ?? output.mark) : output.mark
  story.unread(output.line, story.lastLine)
}
