import xterm from '@xterm/headless'

/** A real terminal emulator that a view writes to; tests compare what a person would see. */
export class TestScreen {
  private readonly terminal: xterm.Terminal
  /** Everything written, for questions about bytes, and in how many writes. */
  bytes = ''
  writes = 0

  constructor(columns: number, rows: number) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true })
  }

  readonly write = (text: string) => {
    this.bytes += text
    this.writes++
    this.terminal.write(text)
  }

  private listener: (() => void) | null = null
  on = (_: 'resize', listener: () => void) => {
    this.listener = listener
  }
  /** Tells the view of a new size, as the signal of a terminal does. */
  notify = () => this.listener?.()

  private claimed: number | null = null
  /** Claims another width without breaking lines anew, which this emulator cannot but do. */
  cut(columns: number) {
    this.claimed = columns
  }

  columns = () => this.claimed ?? this.terminal.cols
  rows = () => this.terminal.rows

  async resize(columns: number, rows: number) {
    await this.settled()
    this.terminal.resize(columns, rows)
  }

  /** Rows of text, scrolled-out ones first, without the empty ones at the end. */
  async text(): Promise<string[]> {
    await this.settled()
    const buffer = this.terminal.buffer.active
    const lines = Array.from(
      { length: buffer.length },
      (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
    )
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  /** The cursor's row among those of `text`, and its column. */
  async cursor(): Promise<{ row: number; column: number }> {
    await this.settled()
    const buffer = this.terminal.buffer.active
    return { row: buffer.baseY + buffer.cursorY, column: buffer.cursorX }
  }

  /** Whether the cursor is to be seen and lines wrap, as in the shell before; by what was written last of either. */
  isAsBefore(): boolean {
    const isOn = (mode: number) =>
      this.bytes.lastIndexOf(`\x1b[?${mode}l`) <= this.bytes.lastIndexOf(`\x1b[?${mode}h`)
    return isOn(25) && isOn(7)
  }

  private settled(): Promise<void> {
    return new Promise((done) => this.terminal.write('', done))
  }
}
