import { Buffer } from 'node:buffer'

/** Receives the line `text.slice(start, end)` (latin1, without its LF); most lines are never sliced. */
export type LineReceiver = (text: string, start: number, end: number) => void

/** Ways to take many lines at once. */
export interface Shortcuts {
  /** Sees every chunk before its lines are delivered, which are slices of this very text. */
  onChunk?(text: string, bytes: Uint8Array): void
  /** Takes as many whole lines from `start` on as it likes. @returns where the next line starts */
  skip?(text: string, start: number): number
}

/** Longer lines are cut here, so that a line without an end cannot exhaust memory. */
export const lineLimit = 1024 * 1024

/**
 * Bytes in any cuts to lines. LF alone ends a line: consoles hold form feeds, U+2028 and lone CRs that other
 * splitters take for line ends.
 */
export class LineSplitter {
  /** Bytes cut off overlong lines so far. */
  dropped = 0
  #carry = ''
  readonly #receive: LineReceiver
  readonly #shortcuts: Shortcuts

  constructor(receive: LineReceiver, shortcuts: Shortcuts = {}) {
    this.#receive = receive
    this.#shortcuts = shortcuts
  }

  write(bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const receive = this.#receive
    let start = 0
    let end = text.indexOf('\n')
    if (this.#carry !== '' && end !== -1) {
      this.#extend(text.slice(0, end))
      this.#flush()
      start = end + 1
      end = text.indexOf('\n', start)
    }
    const { onChunk, skip } = this.#shortcuts
    onChunk?.(text, bytes)
    while (end !== -1) {
      if (end - start > lineLimit) this.dropped += end - start - lineLimit
      receive(text, start, Math.min(end, start + lineLimit))
      start = skip ? skip(text, end + 1) : end + 1
      end = text.indexOf('\n', start)
    }
    if (start < text.length) this.#extend(text.slice(start))
  }

  /** Delivers what stands behind the last LF. */
  end(): void {
    if (this.#carry !== '') this.#flush()
  }

  #extend(part: string): void {
    const room = lineLimit - this.#carry.length
    this.dropped += Math.max(0, part.length - room)
    this.#carry += part.slice(0, room)
  }

  #flush(): void {
    const line = this.#carry
    this.#carry = ''
    this.#receive(line, 0, line.length)
  }
}
