import { type Block, isInside } from './blocks.ts'
import { looksForged } from './forgery.ts'
import { outputText } from './outputs.ts'
import type { Story } from './story.ts'
import { kept } from './text.ts'

/** The cause of a check's end, and with it the subtests and groups around it. */
export function fail(story: Story, block: Block, message: string, outcome: 'failed' | 'errored'): void {
  block.error ??= message
  const around = story.blocks.open.filter((one) => isInside(block, one) && one.form.role === 'group')
  for (const one of [block, ...around.reverse()]) {
    one.error ??= message
    story.blocks.end(one, story.lastLine)
    if (!one.entry) continue
    const told = one.error.trim() === '' ? null : kept(one.error)
    const output = one === block ? outputText(one) : null
    story.ledger.end(one.entry, { outcome, caught: false, seconds: null, message: told, output })
  }
}

/** The error left every subtest that is still open. */
export function failOpenGroups(story: Story, message: string, outcome: 'failed' | 'errored'): void {
  const innermost = story.blocks.innermost(({ form }) => form.role === 'group')
  if (innermost) fail(story, innermost, message, outcome)
}

/** What is open now had started when the script stopped; what was overtaken had failed before. */
export function settle(story: Story): void {
  if (story.told) return
  for (const block of [...story.blocks.open].reverse()) {
    if (!block.entry || block.fate !== 'open') continue
    const forged = story.coloured !== true && block.superseded && looksForged(story, block, true)
    const overtaken = block.superseded && !mayStillRun(story, block)
    if (block.output || forged || overtaken) story.abandon(block)
    else guessText(story, block)
  }
}

function mayStillRun(story: Story, block: Block): boolean {
  const isCommand = block.form.role === 'step' && block.form.kind === 'succeed'
  return story.threads || (isCommand && !block.output)
}

/** No closing line told how many lines its text has: those that stood right behind its head. */
function guessText(story: Story, block: Block): void {
  if (block.form.role === 'step' && block.contiguous > block.more.length && block.watched) {
    story.setText(block, block.watched.slice(0, block.contiguous))
  }
}
