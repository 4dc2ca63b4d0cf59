import type { ConsoleTail } from '../model/report.ts'

/** A guest can print lines in the name of nodes that do not exist. */
const mostNodes = 64
/** UTF-16 units of one line. */
const longestLine = 500

/** The last console lines of every node, within fixed bounds however much a guest prints. */
export class ConsoleTails {
  readonly #lines = new Map<string, string[]>()
  readonly #length: number

  /** @param length lines kept of each node */
  constructor(length: number) {
    this.#length = length
  }

  add(node: string, text: string): void {
    const lines = this.#lines.get(node) ?? []
    if (lines.length === 0) {
      if (this.#lines.size >= mostNodes) return
      this.#lines.set(node, lines)
    }
    lines.push(text.slice(0, longestLine))
    if (lines.length > this.#length) lines.shift()
  }

  all(): ConsoleTail[] {
    return [...this.#lines].map(([node, lines]) => ({ node, lines: [...lines] }))
  }
}
