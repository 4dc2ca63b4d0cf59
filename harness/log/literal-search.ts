import { Buffer } from 'node:buffer'

/** Three bytes are folded into so many values. */
const tableSize = 1 << 15

/**
 * Finds many literals in one pass that skips most of the text: a window as long as the shortest literal moves by
 * what its last three bytes allow (S. Wu and U. Manber, "A fast algorithm for multi-pattern searching", 1994).
 * Several times faster than one regular expression of alternatives.
 */
export class LiteralSearch {
  readonly #literals: Uint8Array[]
  readonly #window: number
  /** By the folded bytes: how far the window may move; 0 when it may stand on a literal. */
  readonly #shift: Uint8Array
  /** By the folded bytes: the literals whose window ends in them. */
  readonly #candidates = new Map<number, number[]>()

  /** @param literals latin1, of three characters or more */
  constructor(literals: string[]) {
    this.#literals = literals.map((literal) => Buffer.from(literal, 'latin1'))
    this.#window = Math.min(...literals.map(({ length }) => length))
    this.#shift = new Uint8Array(tableSize).fill(this.#window - 2)
    this.#literals.forEach((literal, index) => {
      this.#enter(literal, index)
    })
  }

  #enter(literal: Uint8Array, index: number): void {
    for (let end = 2; end < this.#window; end++) {
      const key = fold(literal[end - 2] as number, literal[end - 1] as number, literal[end] as number)
      this.#shift[key] = Math.min(this.#shift[key] ?? 0, this.#window - 1 - end)
      if (end === this.#window - 1) this.#candidates.set(key, [...(this.#candidates.get(key) ?? []), index])
    }
  }

  inText(text: string): number[] {
    return this.inBytes(Buffer.from(text, 'latin1'))
  }

  /** @returns position and index of each literal found, in turns, ordered by position */
  inBytes(bytes: Uint8Array): number[] {
    const first: number[] = []
    const second: number[] = []
    const shift = this.#shift
    const start = this.#window - 1
    const middle = Math.max(start, bytes.length >> 1)
    // Each step waits for the one before; two windows at once wait only half as long.
    let [one, two] = [start, middle]
    while (one < middle && two < bytes.length) {
      const key = fold(bytes[one - 2] as number, bytes[one - 1] as number, bytes[one] as number)
      const step = shift[key] as number
      if (step === 0) this.#verify(bytes, one++, key, first)
      else one += step
      const otherKey = fold(bytes[two - 2] as number, bytes[two - 1] as number, bytes[two] as number)
      const otherStep = shift[otherKey] as number
      if (otherStep === 0) this.#verify(bytes, two++, otherKey, second)
      else two += otherStep
    }
    this.#search(bytes, one, middle, first)
    this.#search(bytes, two, bytes.length, second)
    for (const hit of second) first.push(hit)
    return first
  }

  #search(bytes: Uint8Array, from: number, to: number, hits: number[]): void {
    let end = from
    while (end < to) {
      const key = fold(bytes[end - 2] as number, bytes[end - 1] as number, bytes[end] as number)
      const step = this.#shift[key] as number
      if (step === 0) this.#verify(bytes, end++, key, hits)
      else end += step
    }
  }

  #verify(bytes: Uint8Array, end: number, key: number, hits: number[]): void {
    const start = end - this.#window + 1
    for (const index of this.#candidates.get(key) ?? []) {
      const literal = this.#literals[index] as Uint8Array
      let at = 0
      while (at < literal.length && bytes[start + at] === literal[at]) at++
      if (at === literal.length) hits.push(start, index)
    }
  }
}

function fold(first: number, second: number, third: number): number {
  return ((first << 10) ^ (second << 5) ^ third) & (tableSize - 1)
}
