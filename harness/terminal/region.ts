import { columnsOf, wrap } from '../reporters/columns.ts'

/*
 * A block of lines at the bottom of a terminal that can change, below text that stays. Between two frames the
 * cursor rests, hidden, on the block's last row. Terminals that break long lines anew when they get narrower keep it
 * there; with the cursor higher up, some move it by the rows that come up below it.
 */
const hideCursor = '\x1b[?25l'
const showCursor = '\x1b[?25h'
// Without wrapping, a line whose width we misjudge stays one line.
const wrapOff = '\x1b[?7l'
const wrapOn = '\x1b[?7h'
const eraseBelow = '\x1b[J'
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
  /** The terminal has this many columns now, or shows who knows what: the block goes, the next frame has every line. */
  resized(columns: number): void
  /** Erases the block, leaves the text, and gives the terminal back. Nothing is written when nothing was shown. */
  close(last?: Omit<Frame, 'lines'>): void
}

/**
 * A region with an empty block; nothing is written before it is used.
 * @param can whether the terminal shows a frame when it is whole, and breaks lines anew when it gets narrower
 */
export function createRegion(
  write: (text: string) => void,
  can: { synchronized: boolean; reflows: boolean },
): Region {
  let shown: string[] = []
  let open = false
  const begin = () => {
    const text = open ? up(shown.length - 1) : hideCursor + wrapOff
    open = true
    return text
  }
  const send = (text: string) => write(can.synchronized ? beginFrame + text + endFrame : text)
  return {
    show({ above, lines, beside = '' }) {
      const same = open && above === '' && sameLines(shown, lines)
      if (same && beside === '') return
      const stays = above === '' ? '' : `${eraseBelow}${wrapOn}${above.replaceAll('\n', newLine)}${wrapOff}`
      if (same) return void write(beside)
      send(begin() + stays + blockOf(above === '' ? shown : [], lines) + beside)
      shown = lines
    },
    resized(columns) {
      const rows = shown.slice(0, -1).map((line) => (can.reflows ? rowsOf(line, columns) : 1))
      if (open) write(up(rows.reduce((sum, count) => sum + count, 0)) + eraseBelow)
      shown = []
      open = false
    },
    close({ above, beside = '' } = { above: '' }) {
      if (!open && above === '' && beside === '') return
      const block = open ? up(shown.length - 1) + eraseBelow : ''
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

/** From the block's last row to its first column, rows higher. What is echoed of somebody's typing moved it. */
function up(rows: number): string {
  return rows > 0 ? `\r\x1b[${rows}A` : '\r'
}

const codes = /\x1b\[[\d;]*m/g

function rowsOf(line: string, columns: number): number {
  const text = line.replace(codes, '')
  return columnsOf(text) <= columns ? 1 : wrap(text, columns).length
}

/** From the block's first row through all rows to its last. `before` is what stands there. */
function blockOf(before: string[], lines: string[]): string {
  const shrinks = lines.length < before.length
  if (lines.length === 0) return shrinks ? eraseBelow : ''
  const last = lines.length - 1
  const rows = lines.map((line, at) => {
    if (at === last && shrinks) return `\x1b[J${line}`
    // Erased first: behind a full row, xterm and tmux leave the cursor on its last column, and would erase that.
    return line === before[at] ? '' : eraseLine + line
  })
  return `${rows.join(newLine)}\r`
}
