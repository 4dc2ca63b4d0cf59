/*
 * A block of lines at the bottom of a terminal that can change, below text that stays. Between two frames the
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
const beginFrame = '\x1b[?2026h'
const endFrame = '\x1b[?2026l'

/** What a frame brings. */
export interface Frame {
  /** Text that stays, above the block: whole lines, or nothing. */
  above: string
  /** The block. Lines fit the terminal and hold no newline. */
  lines: string[]
  /** Codes for the window around it. */
  beside?: string
}

/** The block and the text above it. */
export interface Region {
  /** Shows a frame in one write that holds only the lines that differ; none when nothing does. */
  show(frame: Frame): void
  /** The terminal's size changed: the next frame has every line. */
  resized(): void
  /** Erases the block, leaves the text, and gives the terminal back. Nothing is written when nothing was shown. */
  close(last?: Omit<Frame, 'lines'>): void
}

/**
 * A region with an empty block; nothing is written before it is used.
 * @param synchronized the terminal shows a frame when it is whole
 */
export function createRegion(write: (text: string) => void, synchronized = false): Region {
  let shown: string[] = []
  let open = false
  const begin = () => {
    // What the terminal echoes of somebody's typing, ^C above all, moves the cursor within its row.
    const text = open ? '\r' : hideCursor + wrapOff
    open = true
    return text
  }
  const send = (text: string) => write(synchronized ? beginFrame + text + endFrame : text)
  return {
    show({ above, lines, beside = '' }) {
      const same = open && above === '' && sameLines(shown, lines)
      if (same && beside === '') return
      const stays = above === '' ? '' : `${eraseBelow}${wrapOn}${above.replaceAll('\n', newLine)}${wrapOff}`
      send(begin() + stays + (same ? '' : blockOf(above === '' ? shown : [], lines)) + beside)
      shown = lines
    },
    resized() {
      if (open) write(eraseBelow)
      shown = []
      open = false
    },
    close({ above, beside = '' } = { above: '' }) {
      if (!open && above === '' && beside === '') return
      const block = open ? eraseBelow : ''
      const stays = above.replaceAll('\n', newLine)
      send(block + wrapOn + stays + beside + showCursor)
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
