import { type Block, isSubtest } from './blocks.ts'
import type { Story } from './story.ts'

/**
 * Anybody can print what looks like a head. A command that failed leaves its output, unless its node is dead, and a
 * subtest that failed an error. With colours only a command is doubted, and only when its node went on.
 */
export function looksForged({ coloured, marks, nodes }: Story, block: Block, wentOn: boolean): boolean {
  const trusted = coloured === true
  if (block.error !== null || block.brokenAt !== null || (trusted && !wentOn)) return false
  if (isSubtest(block)) return !trusted
  const node = block.node === null ? undefined : nodes.find(block.node)
  const unheard = node && !node.started && node.consoleLines === 0 && marks.stage !== 'before'
  if (unheard && !trusted) return true
  const isCommand = block.form.role === 'step' && block.form.kind === 'succeed'
  const died = node && (node.panicked || node.poweredOff || node.restarts > block.restarts)
  return isCommand && !block.output && !died
}
