/** What is kept for waits that look back and for the report of a death: at most so many lines and characters. */
const keptLines = 10_000
const keptCharacters = 4 * 1024 * 1024
/** Kept whether looked at or not. */
const keptTail = 100

/** A console's latest lines, those that nobody has waited for yet apart: a flood must not fill memory. */
export class ConsoleHistory {
  #unseen: string[] = []
  #tail: string[] = []
  #characters = 0
  #wakeUps: (() => void)[] = []

  push(line: string): void {
    this.#unseen.push(line)
    this.#tail.push(line)
    if (this.#tail.length > 2 * keptTail) this.#tail = this.#tail.slice(-keptTail)
    this.#characters += line.length
    if (this.#unseen.length > keptLines || this.#characters > keptCharacters) this.#forgetHalf()
    this.wake()
  }

  /** @returns whether a line matches; lines up to that one, or else all, will not be looked at again */
  find(pattern: RegExp): boolean {
    const found = this.#unseen.findIndex((line) => line.search(pattern) >= 0)
    this.#unseen = found < 0 ? [] : this.#unseen.slice(found + 1)
    this.#characters = this.#unseen.reduce((sum, line) => sum + line.length, 0)
    return found >= 0
  }

  /** The last lines, at most 100, looked at or not. */
  tail(count: number): string[] {
    return this.#tail.slice(-Math.min(count, keptTail))
  }

  /** Resolves at the next line, and when the console ends. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#wakeUps.push(resolve))
  }

  /** Calls everybody who waits: the console has ended. */
  wake(): void {
    const wakeUps = this.#wakeUps
    this.#wakeUps = []
    for (const wakeUp of wakeUps) wakeUp()
  }

  #forgetHalf(): void {
    this.#unseen = this.#unseen.slice(Math.ceil(this.#unseen.length / 2))
    this.#characters = this.#unseen.reduce((sum, line) => sum + line.length, 0)
  }
}
