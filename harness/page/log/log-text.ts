import type { LogIndex } from '../data.ts'
import { segmentOf } from './log-rows.ts'

/** Decodes a segment. */
type ReadSegment = (segment: number) => Promise<string>

/** Decoded segments kept at once: 64 of a quarter of a mebibyte, and what strings take beyond that. */
const mostKept = 64

/** The lines of a log, decoded where they are looked at. */
export class LogText {
  readonly index: LogIndex
  readonly #read: ReadSegment
  /** The one used last stands last. */
  readonly #kept = new Map<number, string[]>()
  readonly #asked = new Map<number, Promise<string[]>>()

  constructor(index: LogIndex, read: ReadSegment) {
    this.index = index
    this.#read = read
  }

  /** A line that is decoded already; null when it is not, or not embedded. */
  line(line: number): string | null {
    const segment = segmentOf(this.index, line)
    const lines = this.#kept.get(segment)
    return lines?.[line - (this.index.segments[segment]?.line ?? 0)] ?? null
  }

  /** Decodes what a stretch of lines needs. */
  async prepare(from: number, to: number): Promise<void> {
    const first = Math.max(0, segmentOf(this.index, from))
    const last = segmentOf(this.index, to)
    for (let segment = first; segment <= Math.max(first, last); segment++) await this.segment(segment)
  }

  /** The lines of a segment; none when it is not embedded. */
  async segment(segment: number): Promise<readonly string[]> {
    if (!this.index.segments[segment]?.embedded) return []
    const known = this.#kept.get(segment)
    if (known) {
      this.#keep(segment, known)
      return known
    }
    const asked = this.#asked.get(segment) ?? this.#decode(segment)
    this.#asked.set(segment, asked)
    return asked
  }

  async #decode(segment: number): Promise<string[]> {
    try {
      const text = await this.#read(segment)
      const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
      this.#keep(segment, lines)
      return lines
    } finally {
      this.#asked.delete(segment)
    }
  }

  #keep(segment: number, lines: string[]): void {
    this.#kept.delete(segment)
    this.#kept.set(segment, lines)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) return
      this.#kept.delete(oldest)
    }
  }
}
