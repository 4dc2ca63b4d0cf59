import type { Terminal } from '@xterm/headless'
import { kept, withoutCodes } from './text.ts'

/**
 * Codes that move the cursor or erase (ECMA-48: CSI A-H J K S T d f s u; ESC c, 7, 8, D, E, M) and backspace.
 * Colours do not need a screen.
 */
const moves = /\u001b(?:\[[\d;?]*[A-HJKSTXLMP@`adfsu]|[c78DEM])|\u0008/
const widest = 2000

/**
 * The console lines of one node as a person would have seen them. Lines that move the cursor are drawn on a
 * terminal of their own; the terminal is loaded when the first such line comes.
 */
export class ConsoleScreen {
  readonly #deliver: (text: string, line: number) => void
  /** Lines wait here behind one that is being drawn. */
  #queue: Promise<void> | null = null
  #terminal: Terminal | null = null

  constructor(deliver: (text: string, line: number) => void) {
    this.#deliver = deliver
  }

  line(raw: string, line: number): void {
    const needsScreen = raw.includes('\u001b') || raw.includes('\u0008') ? moves.test(raw) : false
    if (!needsScreen && !this.#queue) this.#deliver(kept(withoutCodes(raw)), line)
    else this.#enqueue(needsScreen, raw.slice(0, widest * 4), line)
  }

  async drained(): Promise<void> {
    await this.#queue
  }

  #enqueue(needsScreen: boolean, raw: string, line: number): void {
    const step = async () => {
      if (needsScreen) for (const row of await this.#draw(raw)) this.#deliver(row, line)
      else this.#deliver(kept(withoutCodes(raw)), line)
    }
    const queue = (this.#queue ?? Promise.resolve()).then(step, step).then(() => {
      if (this.#queue === queue) this.#queue = null
    })
    this.#queue = queue
  }

  /** @returns the rows that hold something afterwards, at least one */
  async #draw(raw: string): Promise<string[]> {
    const terminal = await this.#fresh(raw.length)
    const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0))
    await new Promise<void>((resolve) => terminal.write(bytes, resolve))
    const { active } = terminal.buffer
    const rows: string[] = []
    for (let at = 0; at < active.length; at++) {
      const row = active.getLine(at)?.translateToString(true) ?? ''
      if (row.trim() !== '') rows.push(kept(Buffer.from(row, 'utf8').toString('latin1')))
    }
    return rows.length > 0 ? rows : ['']
  }

  async #fresh(length: number): Promise<Terminal> {
    const cols = Math.min(widest, Math.max(80, length))
    if (!this.#terminal) {
      const { default: xterm } = await import('@xterm/headless')
      // It would complain of a guest's broken codes on our own output.
      const quiet = { logLevel: 'off', allowProposedApi: true } as const
      this.#terminal = new xterm.Terminal({ cols, rows: 25, scrollback: 100, ...quiet })
    }
    this.#terminal.reset()
    this.#terminal.resize(cols, 25)
    return this.#terminal
  }
}
