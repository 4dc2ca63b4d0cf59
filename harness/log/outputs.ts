import { outputLimit } from '../model/assertion.ts'
import type { Block, Output } from './blocks.ts'
import { clean, copy } from './text.ts'

/** Raw bytes kept of an output; what is told of it is shorter. */
const rawLimit = 4 * outputLimit

/** The output of the command that failed last. What follows it is kept, too: it may prove to be output. */
export class Outputs {
  current: Output | null = null

  /** `NODE: output: ...` @param first what stands behind that */
  begin(block: Block, first: string, line: number): void {
    block.output = {
      lines: [copy(first)],
      size: first.length,
      mark: 1,
      cleanupMark: null,
      closedAt: null,
      closedCleanly: false,
      line,
    }
    this.current = block.output
  }

  /** Nothing has shown yet that it is over. */
  get isOpen(): boolean {
    return this.current !== null && this.current.closedAt === null
  }

  /** @param mark the output may prove to have ended in front of this line */
  add(raw: string, mark: boolean): void {
    const output = this.current
    if (!output) return
    if (mark) output.mark = output.lines.length
    if (output.size > rawLimit) return
    output.lines.push(copy(raw))
    output.size += raw.length + 1
  }

  /** The driver seems to have ended it. */
  close(): void {
    const output = this.current
    if (!output || output.closedAt !== null) return
    output.closedAt = output.mark
    output.closedCleanly = output.lines[output.mark - 1] === ''
  }

  /**
   * The script goes on after it.
   * @returns what the script printed in between: it stands behind the empty line that a final newline leaves
   */
  closeCaught(): string[] {
    const output = this.current
    if (!output || output.closedAt !== null) return []
    this.close()
    const end = output.lines.lastIndexOf('', output.mark - 1) + 1
    if (end === 0 || end === output.mark) return []
    output.closedAt = end
    output.closedCleanly = true
    return output.lines.slice(end, output.mark)
  }

  cleanupBegan(): void {
    if (this.current) this.current.cleanupMark = this.current.mark
    this.close()
  }
}

/** @returns the output as the command wrote it, bounded */
export function outputText({ output }: Block): string | null {
  if (!output) return null
  const lines = output.closedAt === null ? output.lines : output.lines.slice(0, output.closedAt)
  return cutOutput(clean(lines.join('\n').slice(0, rawLimit)))
}

/** @returns as much of a clean output as is kept with an assertion */
export function cutOutput(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= outputLimit) return text
  let end = outputLimit
  // Not in the middle of a character: its further bytes are 10xxxxxx.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
