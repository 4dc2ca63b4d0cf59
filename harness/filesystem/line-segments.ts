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
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      this.#extend(chunk.subarray(from, end))
      this.#endLine()
      from = end + 1
      if (this.#size >= this.#sizes.segment) yield this.#take()
    }
    this.#extend(chunk.subarray(from))
  }

  /** What stands behind the last segment, a line without an end included. */
  *end(): Generator<LineSegment> {
    if (this.#open > 0) this.#endLine()
    if (this.#lines > 0) yield this.#take()
  }

  #extend(part: Buffer): void {
    const room = Math.max(0, this.#sizes.line - this.#open)
    if (part.length > 0 && room > 0) this.#add(Buffer.from(part.subarray(0, room)))
    this.#open += part.length
  }

  #endLine(): void {
    const dropped = this.#open - this.#sizes.line
    this.#add(Buffer.from(dropped > 0 ? ` … ${dropped} more bytes in this line of the file\n` : '\n'))
    this.#open = 0
    this.#lines++
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
