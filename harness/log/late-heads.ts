import { nodeForm } from './assertion-forms.ts'
import { isSubtest } from './blocks.ts'
import type { Story } from './story.ts'
import { copy, kept } from './text.ts'

interface MaybeHead {
  node: string | null
  text: string
  line: number
  /** How many assertions had begun. */
  index: number
}

const limit = 64
// must succeed: true, in 0.07 seconds)
const closing = /^(.*), in (\d+\.\d+) seconds\)$/

/**
 * Heads that are recognised only by their closing line: without colours those of the script's own blocks and those
 * glued behind a print, and those that were cut off at the beginning of a log.
 */
export class LateHeads {
  readonly #story: Story
  readonly #maybe: MaybeHead[] = []

  constructor(story: Story) {
    this.#story = story
  }

  /** A remark on a node that no driver makes. */
  remember(node: string, text: string, line: number): void {
    this.#maybe.push({ node, text: copy(text), line, index: this.#story.ledger.entries.length })
    if (this.#maybe.length > limit) this.#maybe.shift()
  }

  // progress 20% machine: must succeed: echo noise >&2
  rememberGlued(raw: string, line: number): void {
    for (const { name, remark } of this.#story.nodes.all) {
      const at = raw.indexOf(remark)
      const text = raw.slice(at + remark.length)
      if (at > 0 && nodeForm(text)) this.remember(name, text, line)
    }
  }

  /** @param text what stands behind `(finished: `. @returns whether it closes such a head */
  close(text: string, node: string | null, line: number): boolean {
    const match = closing.exec(text)
    if (!match?.[1]) return false
    return (
      this.#remembered(match[1], node, Number(match[2])) ||
      this.#cutOff(match[1], node, Number(match[2]), line)
    )
  }

  #remembered(text: string, node: string | null, seconds: number): boolean {
    const fits = (one: MaybeHead) => one.text === text && (node === null || one.node === node)
    const at = this.#maybe.findLastIndex(fits)
    const head = this.#maybe[at]
    if (!head || this.#story.coloured === true) return false
    this.#maybe.length = at
    const { ledger, prints, blocks } = this.#story
    const form = nodeForm(head.text)
    const what = form && form.role !== 'bookkeeping' ? form : { kind: 'nested' as const, text: head.text }
    const around = ledger.entries[head.index]?.subtest ?? blocks.innermost(isSubtest)?.entry ?? null
    ledger.insert(
      Math.min(head.index, ledger.entries.length),
      {
        node: head.node,
        kind: what.kind,
        text: kept(what.text),
        phase: prints.phase,
        subtest: around,
        line: head.line,
      },
      { outcome: 'passed', caught: false, seconds, message: null, output: null },
    )
    return true
  }

  /** Only the very first closing line of a log that begins inside a step. */
  #cutOff(text: string, node: string | null, seconds: number, line: number): boolean {
    const story = this.#story
    if (story.marks.stage !== 'before' || story.ledger.entries.length > 0) return false
    const [only, ...others] = story.nodes.all
    const owner = node ?? (others.length === 0 ? (only?.name ?? null) : null)
    if (owner === null || nodeForm(text)?.role !== 'step') return false
    const block = story.begin({ node: owner, text, more: [], line })
    story.end({ block, seconds, more: null, rest: '' })
    return true
  }
}
