/** Consecutive whole lines of a file. */
export interface LineSegment {
  /** 1-based line of the file with which it begins. */
  line: number
  lines: number
  bytes: Buffer
}

/** Sizes in bytes. */
export interface SegmentSizes {
  /** A segment ends with the line that reaches this. */
  segment: number
  /** Longer lines are cut here. */
  line: number
}

const newline = 10

/** Gathers the bytes of a file into segments. LF alone ends a line, as in `log/`. */
export class LineSegmenter {
  readonly #sizes: SegmentSizes
  #pieces: Buffer[] = []
  #size = 0
  /** Bytes of the line that has not ended yet. */
  #open = 0
  #line = 1
  #lines = 0

  constructor(sizes: SegmentSizes) {
    this.#sizes = sizes
  }

  /** @param chunk holds only until the next one @yields the segments that are complete with it */
  *write(chunk: Buffer): Generator<LineSegment> {
    // Lines are copied together: one by one they would take ten times as long.
    let copied = 0
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      if (this.#open + end - start > this.#sizes.line) {
        this.#copy(chunk, copied, start)
        this.#extend(chunk.subarray(start, end))
        this.#add(Buffer.from(` … ${this.#open - this.#sizes.line} more bytes in this line of the file`))
        copied = end
      }
      start = end + 1
      this.#open = 0
      this.#lines++
      if (this.#size + start - copied < this.#sizes.segment) continue
      this.#copy(chunk, copied, start)
      copied = start
      yield this.#take()
    }
    this.#copy(chunk, copied, start)
    this.#extend(chunk.subarray(start))
  }

  /** What stands behind the last segment, a line without an end included. */
  *end(): Generator<LineSegment> {
    if (this.#open > 0) yield* this.write(Buffer.from([newline]))
    if (this.#lines > 0) yield this.#take()
  }

  /** Adds a part of a line, as far as the line may be long. */
  #extend(part: Buffer): void {
    const room = Math.max(0, this.#sizes.line - this.#open)
    this.#copy(part, 0, Math.min(room, part.length))
    this.#open += part.length
  }

  #copy(chunk: Buffer, from: number, to: number): void {
    if (to > from) this.#add(Buffer.from(chunk.subarray(from, to)))
  }

  #add(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#size += piece.length
  }

  #take(): LineSegment {
    const segment = { line: this.#line, lines: this.#lines, bytes: Buffer.concat(this.#pieces) }
    this.#line += this.#lines
    this.#lines = 0
    this.#pieces = []
    this.#size = 0
    return segment
  }
}
