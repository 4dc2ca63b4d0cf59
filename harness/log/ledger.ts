import type { AssertionKind } from '../model/assertion.ts'
import type { LogSink } from '../model/log-event.ts'
import type { AssertionOutcome } from '../model/outcome.ts'

/** What became of an assertion. Texts are clean. */
export interface Result {
  outcome: AssertionOutcome
  caught: boolean
  seconds: number | null
  message: string | null
  output: string | null
}

/** What is known of an assertion when it starts. Texts are clean. */
export interface Draft {
  node: string | null
  kind: AssertionKind
  text: string
  phase: string | null
  /** The innermost enclosing subtest. */
  subtest: Entry | null
  line: number
}

/** An assertion that has started. */
export interface Entry extends Draft {
  index: number
  result: Result | null
  /** Of how many subtests it stands inside. */
  depth: number
  /** The path of what stands inside it; subtests only. */
  innerPath: string[] | null
}

const noPath: string[] = []
/** No author nests subtests like that; every assertion carries its path. */
const deepest = 64

/**
 * The assertions of one test in the order of their start. Reports each step; where later lines prove an earlier
 * reading wrong, it withdraws from there on and reports the right one again.
 */
export class Ledger {
  readonly entries: Entry[] = []
  readonly #sink: LogSink

  constructor(sink: LogSink) {
    this.#sink = sink
  }

  start(draft: Draft): Entry {
    const entry = entryOf(draft, this.entries.length)
    this.entries.push(entry)
    this.#reportStart(entry)
    return entry
  }

  /** May be called again for the same entry: the last result counts. */
  end(entry: Entry, result: Result): void {
    entry.result = result
    this.#reportEnd(entry, result)
  }

  /** It was no assertion after all. */
  remove(entry: Entry): void {
    if (this.entries[entry.index] !== entry) return
    this.entries.splice(entry.index, 1)
    for (const other of this.entries) if (other.subtest === entry) other.subtest = entry.subtest
    this.reissue(entry.index)
  }

  /** It was an assertion all the same. */
  restore(entry: Entry): void {
    if (this.entries[entry.index] === entry) return
    const behind = this.entries.findIndex(({ line }) => line > entry.line)
    const index = behind === -1 ? this.entries.length : behind
    this.entries.splice(index, 0, entry)
    this.reissue(index)
  }

  /** Forgets what began in such lines; `reopened` have no result any more. */
  unread(isUnread: (line: number) => boolean, reopened: Entry[]): void {
    for (const entry of reopened) {
      this.restore(entry)
      entry.result = null
    }
    const first = this.entries.findIndex((entry) => isUnread(entry.line) || reopened.includes(entry))
    if (first === -1) return
    const kept = this.entries.slice(first).filter((entry) => !isUnread(entry.line))
    this.entries.splice(first, this.entries.length, ...kept)
    this.reissue(first)
  }

  /** A block that was recognised only at its end. */
  insert(index: number, draft: Draft, result: Result): Entry {
    const entry = entryOf(draft, index)
    entry.result = result
    this.entries.splice(index, 0, entry)
    this.reissue(index)
    return entry
  }

  /** Reports everything from `index` on anew, as it is known now. */
  reissue(index: number): void {
    this.#sink.event({ type: 'assertionsWithdrawn', from: index })
    for (let at = index; at < this.entries.length; at++) {
      const entry = this.entries[at] as Entry
      entry.index = at
      entry.innerPath = null
      this.#reportStart(entry)
      if (entry.result) this.#reportEnd(entry, entry.result)
    }
  }

  #reportStart(entry: Entry): void {
    const { index, node, kind, text, phase, line } = entry
    const path = pathInside(entry.subtest)
    this.#sink.event({ type: 'assertionStarted', index, node, kind, text, phase, path, line })
  }

  #reportEnd({ index }: Entry, result: Result): void {
    const { outcome, caught, seconds, message, output } = result
    this.#sink.event({ type: 'assertionEnded', index, outcome, caught, seconds, message, output })
  }
}

/** By name, not by spreading, which is several times slower. */
function entryOf({ node, kind, text, phase, subtest: inner, line }: Draft, index: number): Entry {
  const subtest = inner && inner.depth >= deepest ? inner.subtest : inner
  const depth = subtest ? subtest.depth + 1 : 0
  return { node, kind, text, phase, subtest, line, index, result: null, depth, innerPath: null }
}

function pathInside(subtest: Entry | null): string[] {
  if (!subtest) return noPath
  subtest.innerPath ??= [...pathInside(subtest.subtest), subtest.text]
  return subtest.innerPath
}
