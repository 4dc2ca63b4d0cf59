import type { HeadForm } from './assertion-forms.ts'
import type { Entry } from './ledger.ts'
import { copy, reset, squeeze } from './text.ts'

/** A closing line that was recognised: `rest` is what was glued behind it. */
export interface Ending {
  block: Block
  seconds: number
  /** The text's further lines, where the closing line told how many there are. */
  more: string[] | null
  rest: string
}

/** Raw output of a failed command: its lines as they stand in the log, first one without its prefix. */
export interface Output {
  lines: string[]
  size: number
  /** How many lines stood there when the line that is being read came. */
  mark: number
  /** The same for the last clean-up. */
  cleanupMark: number | null
  /** How many lines stood there when the driver seemed to go on; null while it has not. */
  closedAt: number | null
  /** Then the output was complete: empty, or followed by the empty line that a final newline leaves. */
  closedCleanly: boolean
  /** Line in which it began. */
  line: number
}

/**
 * `open`: neither end nor failure is known. `ended`: its closing line came. `abandoned`: it must have failed, as
 * the script went on without it.
 */
export type Fate = 'open' | 'ended' | 'abandoned'

/** One `head ... (finished: head, in 1.23 seconds)` of the driver. Raw text. */
export interface Block {
  node: string | null
  form: HeadForm
  /** First line of its text. */
  head: string
  /** The further lines of its text, as far as they are known. */
  more: string[]
  endMark: string
  /** Lines behind the head's first, while it is not certain how many of them are its text. */
  watched: string[] | null
  watchedAt: number[]
  watchedSize: number
  /** How many of them came with nothing in between, so that they may be its text; closed by anything else. */
  contiguous: number
  isContiguous: boolean
  /** The first line behind the head that was read as the driver's own. */
  touchedAt: number | null
  parent: Block | null
  entry: Entry | null
  fate: Fate
  /** Another step began while it was open: it failed and was caught, or runs in another thread. */
  superseded: boolean
  output: Output | null
  /** The driver said that this polling condition does not hold. */
  pollFailed: boolean
  /** What `Test "..." failed with error:` said of it. */
  error: string | null
  /** Line in which a subtest inside it failed, which ends it too unless the script catches that. */
  brokenAt: number | null
  /** How often its node had been started when it began. */
  restarts: number
  line: number
  /** Line in which it ended or was given up. */
  closedAt: number | null
}

const watchLimit = 512 * 1024
/** Blocks that were given up and may still prove to be running in another thread. */
const abandonedLimit = 64
/** Closed blocks that may have to be opened again. */
const closedLimit = 256
const watchingLimit = 16
/** Python nests no deeper. */
const openLimit = 1024

/** The blocks that are open, in the order of their start; with threads they need not be nested. */
export class Blocks {
  open: Block[] = []
  abandoned: Block[] = []
  #closed: Block[] = []
  #watching: Block[] = []

  add(block: Block): void {
    this.open.push(block)
    if (this.open.length > openLimit) this.open.splice(0, openLimit / 2)
    if (!block.watched) return
    this.#watching.push(block)
    if (this.#watching.length > watchingLimit) this.#watching.shift()
  }

  abandon(block: Block, line: number): void {
    block.fate = 'abandoned'
    this.#close(block, line)
    this.abandoned.push(block)
    if (this.abandoned.length > abandonedLimit) this.abandoned.shift()
  }

  end(block: Block, line: number): void {
    if (block.fate === 'abandoned') this.abandoned = this.abandoned.filter((one) => one !== block)
    block.fate = 'ended'
    this.#close(block, line)
    if (block.watched) this.#watching = this.#watching.filter((one) => one !== block)
  }

  /**
   * Lines `after + 1` to `last` were no driver lines after all: forgets the blocks that began there.
   * @returns the blocks that had been closed there, open again
   */
  unread(after: number, last: number): Block[] {
    const within = (line: number | null) => line !== null && line > after && line <= last
    const reopened = this.#closed.filter((block) => block.line <= after && within(block.closedAt))
    for (const block of reopened) {
      block.fate = 'open'
      block.superseded = false
      block.closedAt = null
    }
    const isReal = (block: Block) => !within(block.line)
    this.#closed = this.#closed.filter((block) => isReal(block) && block.closedAt !== null)
    this.abandoned = this.abandoned.filter((block) => isReal(block) && block.closedAt !== null)
    this.open = [...this.open.filter(isReal), ...reopened].sort((a, b) => a.line - b.line)
    return reopened
  }

  /** Newest first: what is open, then what was given up. */
  *candidates(): Generator<Block> {
    for (let at = this.open.length - 1; at >= 0; at--) yield this.open[at] as Block
    for (let at = this.abandoned.length - 1; at >= 0; at--) yield this.abandoned[at] as Block
  }

  hasOpenStep(): boolean {
    for (let at = this.open.length - 1; at >= 0; at--) if (this.open[at]?.form.role === 'step') return true
    return false
  }

  innermost(test: (block: Block) => boolean): Block | null {
    return this.open.findLast(test) ?? null
  }

  /** What stands inside `block`, newest first. */
  inside(block: Block): Block[] {
    if (this.open[this.open.length - 1] === block) return none
    return this.open.filter((one) => isInside(one, block)).reverse()
  }

  /**
   * The usual way out of a block: its closing line, on one line, while nothing else is open inside it.
   * @param from where the head's text begins in the closing line
   * @param node the line's; older drivers leave it out
   */
  innermostEnding(raw: string, from: number, node: string | null): Ending | null {
    const block = this.open[this.open.length - 1]
    if (!block || (node !== null && block.node !== node) || !raw.endsWith(' seconds)')) return null
    const behind = from + block.head.length
    // Slices are compared many bytes at once, `startsWith` one by one: thirty times slower on a long command.
    if (!raw.startsWith(', in ', behind) || raw.slice(from, behind) !== block.head) return null
    const seconds = decimal(raw, behind + ', in '.length, raw.length - ' seconds)'.length)
    return seconds === null ? null : { block, seconds, more: null, rest: '' }
  }

  /** What comes now cannot be text of a head any more that stands right in front of it. */
  touch(line: number, newestHead: number): void {
    for (const block of this.#watching) {
      if (block.line === newestHead) continue
      block.isContiguous = false
      block.touchedAt ??= line
    }
  }

  /** Free text came. @returns whether it must be text of the head right in front of it */
  extend(): boolean {
    const last = this.open.at(-1)
    if (!last?.isContiguous || !last.watched) return false
    last.contiguous = last.watched.length
    return last.form.role === 'step' && last.form.kind !== 'wait_for_shutdown'
  }

  /** Every raw line behind a head whose extent is not known may be its text. */
  watch(raw: string, line: number): void {
    if (this.#watching.length === 0) return
    const own = copy(raw)
    for (const block of this.#watching) {
      if (!block.watched || block.watchedSize > watchLimit) continue
      block.watched.push(own)
      block.watchedAt.push(line)
      block.watchedSize += raw.length + 8
    }
  }

  #close(block: Block, line: number): void {
    if (this.open[this.open.length - 1] === block) this.open.pop()
    else {
      const at = this.open.lastIndexOf(block)
      if (at !== -1) this.open.splice(at, 1)
    }
    block.closedAt = line
    this.#closed.push(block)
    if (this.#closed.length > 2 * closedLimit) this.#closed.splice(0, closedLimit)
  }
}

/** Whether `outer` encloses `block`, at any depth. */
export function isInside(block: Block, outer: Block): boolean {
  for (let at = block.parent; at; at = at.parent) if (at === outer) return true
  return false
}

/** The innermost subtest that `block` stands in, itself included. */
export function subtestOf(block: Block | null): Block | null {
  for (let at = block; at; at = at.parent) if (isSubtest(at)) return at
  return null
}

/** Whether it is a named block of the script. */
export function isSubtest(block: Block): boolean {
  return block.form.role === 'group' && block.form.kind === 'subtest'
}

const none: Block[] = []

/** `raw.slice(from, end)` as a number such as 12.34, ten times faster than by `Number`; null for anything else. */
function decimal(raw: string, from: number, end: number): number | null {
  let value = 0
  let scale = 0
  for (let at = from; at < end; at++) {
    const code = raw.charCodeAt(at)
    if (code === 46 && scale === 0) scale = 1
    else if (code >= 48 && code <= 57) {
      value = value * 10 + code - 48
      scale *= 10
    } else return null
  }
  return scale > 1 ? value / scale : null
}

/** A line of a head's text as it came back in a closing line or a message: colours and blanks may differ. */
export function sameLine(told: string, seen: string, loosely: boolean): boolean {
  if (told === seen || (seen.endsWith(reset) && seen === told + reset)) return true
  return loosely && !differs(told, seen) && squeeze(told) === squeeze(seen)
}

/** The first character that is not the same is neither blank nor of a code: most lines need no squeezing. */
function differs(told: string, seen: string): boolean {
  const length = Math.min(told.length, seen.length)
  for (let at = 0; at < length; at++) {
    const [one, other] = [told.charCodeAt(at), seen.charCodeAt(at)]
    if (one !== other) return isInk(one) && isInk(other)
    if (one === 27) return false
  }
  return false
}

function isInk(code: number): boolean {
  return code > 32 && code < 127
}
