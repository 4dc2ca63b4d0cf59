import { type Block, type Ending, sameLine } from './blocks.ts'
import { squeeze } from './text.ts'

// , in 0.07 seconds)
const time = /, in (\d+\.\d+) seconds\)/y

/**
 * Matches `(finished: TEXT, in 0.07 seconds)` against a block's exact text: commands may hold anything that looks
 * like the end of a closing line. @param text what stands behind `(finished: `
 */
export function matchEnding(text: string, blocks: Iterable<Block>, loosely: boolean): Ending | null {
  const kept: Block[] = []
  for (const block of blocks) {
    kept.push(block)
    if (text.slice(0, block.head.length) !== block.head) continue
    time.lastIndex = block.head.length
    const match = time.exec(text)
    if (match) return endingOf(block, match, text, null)
  }
  return loosely ? matchSqueezed(text, kept) : null
}

// (finished: subtest: a tab      here, in 0.07 seconds)      the head's blanks were another number
function matchSqueezed(text: string, blocks: Block[]): Ending | null {
  const match = /^(.*), in (\d+\.\d+) seconds\)\s*$/.exec(text)
  if (!match?.[1]) return null
  const wanted = squeeze(match[1])
  const block = blocks.find((one) => squeeze(one.head) === wanted)
  return block ? { block, seconds: Number(match[2]), more: null, rest: '' } : null
}

function endingOf(block: Block, match: RegExpExecArray, text: string, more: string[] | null): Ending {
  return { block, seconds: Number(match[1]), more, rest: text.slice(match.index + match[0].length) }
}

/** Blocks of several lines whose closing line begins with this one. */
export function beginEnding(text: string, blocks: Iterable<Block>, loosely: boolean): Block[] {
  return [...blocks].filter((block) => block.watched && sameLine(text, block.head, loosely))
}

/** Follows a closing line over several lines, as long as they repeat the head's. */
export class EndingLines {
  /** Everything taken so far, to be read anew when it was no closing line. */
  readonly lines: string[]
  #candidates: Block[]
  readonly #loosely: boolean

  constructor(firstLine: string, candidates: Block[], loosely: boolean) {
    this.lines = [firstLine]
    this.#candidates = candidates
    this.#loosely = loosely
  }

  /** @returns the ending when this line closes it, `more` while it may go on, null when it was none */
  take(raw: string): Ending | 'more' | null {
    const at = this.lines.length - 1
    this.lines.push(raw)
    for (const block of this.#candidates) {
      const ending = this.#closes(block, raw, at)
      if (ending) return { ...ending, more: [...this.lines.slice(1, -1), ending.more?.[0] ?? ''] }
    }
    this.#candidates = this.#candidates.filter((block) => {
      const seen = block.watched?.[at]
      return seen !== undefined && sameLine(raw, seen, this.#loosely)
    })
    return this.#candidates.length > 0 ? 'more' : null
  }

  #closes(block: Block, raw: string, at: number): Ending | null {
    const seen = block.watched?.[at] ?? ''
    for (const match of raw.matchAll(/, in (\d+\.\d+) seconds\)/g)) {
      const told = raw.slice(0, match.index)
      // Some tools drop empty lines, so the head has lost its last one.
      const dropped = this.#loosely && told.trim() === ''
      if (!dropped && !sameLine(told, seen, this.#loosely) && !isGlued(told, seen)) continue
      return endingOf(block, match, raw, [told])
    }
    return null
  }
}

// echo 'line two'beta # n2905      a console line was glued behind the head, without a colour as a seam
function isGlued(told: string, seen: string): boolean {
  return seen.startsWith(told) && /^[\w.-]+ # /.test(seen.slice(told.length))
}
