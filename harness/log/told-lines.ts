import type { Block } from './blocks.ts'
import { outputText } from './outputs.ts'
import type { Story } from './story.ts'
import { clean } from './text.ts'
import { ToldFailures } from './told-failures.ts'

// test driver: vmproof
const announcement = 'test driver: vmproof'
// machine: failed after 0.05 seconds, 2 lines of output: "must succeed: exit 3" because "command `exit 3` failed …"
const form =
  /^failed after (\d+\.\d+) seconds, (no|\d+) (?:lines of )?output: ("(?:[^"\\]|\\.)*") because ("(?:[^"\\]|\\.)*")$/

/** Our own driver says that it is the one. It writes whole lines, and tells every failure where it happens. */
export function readAnnouncement(story: Story, raw: string): boolean {
  if (raw !== announcement || story.marks.stage !== 'before') return false
  story.told = new ToldFailures(story.ledger)
  return true
}

/** Our own driver tells that a step failed. @param text behind `NODE: ` @returns whether it is such a line */
export function readToldFailure(story: Story, node: string | null, text: string, line: number): boolean {
  const match = story.told && text.startsWith('failed after ') ? form.exec(text) : null
  if (!story.told || !match) return false
  const [, seconds, count, what, message] = match
  const lines = count === 'no' ? 0 : Number(count)
  if (lines > 0 && !endOutput(story, lines, line)) return false
  const block = blockOf(story, node, wordsIn(what))
  if (!block?.entry) return false
  if (lines > 0) giveOutput(story, block)
  story.blocks.abandon(block, line)
  const output = outputText(block)
  story.told.add({ entry: block.entry, message: wordsIn(message), output, seconds: Number(seconds), line })
  return true
}

/**
 * An output of our own driver, which writes it in one go and without escape codes, goes on until the failure is told
 * whose output it is.
 */
export function isToldOutput(story: Story, raw: string, line: number): boolean {
  if (!story.told || !story.outputs.isOpen || raw.includes('\u001b')) return false
  const node = story.nodes.all.find(({ remark }) => raw.startsWith(remark))
  if (node) readToldFailure(story, node.name, raw.slice(node.remark.length), line)
  return true
}

/** @returns whether the output that is open has this many lines; without colours some may have been lost */
function endOutput(story: Story, lines: number, line: number): boolean {
  const output = story.outputs.current
  if (!output || (story.coloured === true && output.line !== line - lines)) return false
  output.closedAt = line - output.line
  return true
}

/** Of several steps on one node, only now it is certain whose output it was. */
function giveOutput(story: Story, block: Block): void {
  const output = story.outputs.current
  for (const other of story.blocks.open) if (other.output === output) other.output = null
  block.output = output
}

function blockOf(story: Story, node: string | null, words: string): Block | null {
  for (const block of story.blocks.candidates()) {
    if (block.fate !== 'open' || block.node !== node || block.form.role === 'bookkeeping') continue
    if (clean([block.head, ...block.more].join('\n')) === words) return block
    // Without colours nothing told how far the text of the head goes.
    if (!block.watched || !words.startsWith(clean(block.head))) continue
    story.setText(block, words.split('\n').slice(1))
    return block
  }
  return null
}

/** The words in a JSON string, whose bytes are UTF-8. */
function wordsIn(json: string | undefined): string {
  try {
    return String(JSON.parse(clean(json ?? '""')))
  } catch {
    return ''
  }
}
