/*
 * A block of lines at the bottom of a terminal that can change, below text that stays. Between two writes the
 * cursor rests, hidden, at the block's first column and row: whatever the terminal does when its size changes,
 * "from here to the end of the screen" is the block, and nothing else must be known to erase it.
 */
const hideCursor = '\x1b[?25l'
const showCursor = '\x1b[?25h'
// Without wrapping, a line whose width we misjudge stays one line.
const wrapOff = '\x1b[?7l'
const wrapOn = '\x1b[?7h'
const eraseBelow = '\r\x1b[J'
const eraseLine = '\x1b[K'
const newLine = '\r\n'

/** The block and the text above it. */
export interface Region {
  /** Writes text that stays, above the block. Ends with a newline. */
  print(text: string): void
  /** Replaces the block; writes only the lines that differ. Lines fit the terminal and hold no newline. */
  draw(lines: string[]): void
  /** The terminal's size changed: the next draw writes every line. */
  resized(): void
  /** Erases the block and gives the terminal back. Once is enough, more does no harm. */
  close(): void
}

/** A region with an empty block; nothing is written before it is used. */
export function createRegion(write: (text: string) => void): Region {
  let shown: string[] = []
  let open = false
  const begin = () => {
    if (open) return ''
    open = true
    return hideCursor + wrapOff
  }
  return {
    print(text) {
      const stays = text.replaceAll('\n', newLine)
      write(begin() + eraseBelow + wrapOn + stays + wrapOff + blockOf([], shown))
    },
    draw(lines) {
      if (open && sameLines(shown, lines)) return
      write(begin() + blockOf(shown, lines))
      shown = lines
    },
    resized() {
      if (open) write(eraseBelow)
      shown = []
      open = false
    },
    close() {
      if (open) write(eraseBelow + wrapOn + showCursor)
      open = false
      shown = []
    },
  }
}

function sameLines(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at])
}

/** From the block's first row through all rows and back. `before` is what stands there. */
function blockOf(before: string[], lines: string[]): string {
  const shrinks = lines.length < before.length
  if (lines.length === 0) return shrinks ? eraseBelow : ''
  const last = lines.length - 1
  const rows = lines.map((line, at) => {
    if (at === last && shrinks) return `\x1b[J${line}`
    // Erased first: behind a full row, xterm and tmux leave the cursor on its last column, and would erase that.
    return line === before[at] ? '' : eraseLine + line
  })
  const back = last > 0 ? `\r\x1b[${last}A` : '\r'
  return rows.join(newLine) + back
}
