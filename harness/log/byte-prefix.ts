import { Buffer } from 'node:buffer'

/** Text that millions of lines are compared with: four bytes at once, several times faster than `startsWith`. */
export class BytePrefix {
  readonly length: number
  readonly #offsets: number[] = []
  readonly #words: number[] = []

  /** @param text latin1, of four characters or more */
  constructor(text: string) {
    this.length = text.length
    const bytes = Buffer.from(text, 'latin1')
    // The last four may overlap those before.
    for (let at = 0; at < text.length; at += 4) {
      const offset = Math.min(at, text.length - 4)
      this.#offsets.push(offset)
      this.#words.push(bytes.readInt32BE(offset))
    }
  }

  stands(bytes: DataView, at: number): boolean {
    if (at + this.length > bytes.byteLength) return false
    for (let word = 0; word < this.#words.length; word++) {
      if (bytes.getInt32(at + (this.#offsets[word] as number)) !== this.#words[word]) return false
    }
    return true
  }
}
