import { driverForm } from './assertion-forms.ts'
import { ConsoleScreen } from './console-screen.ts'
import type { Node } from './nodes.ts'
import { type Place, Sightings } from './sightings.ts'
import type { Story } from './story.ts'
import type { FindingScanner } from './symptoms.ts'
import { bang, bold, dim, reset, withoutCodes } from './text.ts'

// qemu-system-x86_64: terminating on signal 15 from pid 8961 (/usr/bin/python3)
const terminating = /^qemu-\S+: terminating on signal \d+/
// qemu-system-x86_64: unable to find CPU model 'nonsense'
const complaint =
  /^(?:qemu-\S+: (?!terminating on signal|warning: )|Could not access KVM|.*: Segmentation fault|Segmentation fault|.*: command not found|.*: No such file or directory|\/\S+: line \d+: |Aborted)/

/** Lines that were taken together. */
export interface LineRun {
  lines: number
  /** Where the line behind them starts. */
  next: number
}

/** Without colours a closing line may be glued behind a console's; such a line ends in this. */
const closingParenthesis = 41
/** QEMU's own words begin with its name. */
const letterQ = 113

/** Picks the console lines out of a log, counts them, and looks for known patterns in them. */
export class Consoles {
  readonly #story: Story
  readonly #scanner: FindingScanner
  /** Whose line came last. */
  #last: Node | null = null
  readonly #screens = new Map<string, ConsoleScreen>()
  /** Somebody takes every console line. */
  readonly #isWatched: boolean
  readonly #sightings: Sightings

  constructor(story: Story, scanner: FindingScanner) {
    this.#story = story
    this.#scanner = scanner
    this.#sightings = new Sightings(story.sink, scanner)
    this.#isWatched = story.sink.console !== undefined
  }

  /**
   * The short way for ordinary lines of the node that spoke last, as many as follow `start`; `run` tells how many
   * were taken. Where two consoles' lines are glued together and hold nothing of interest, they count as one.
   */
  takeRun(text: string, start: number, run: LineRun): void {
    run.lines = 0
    run.next = start
    const node = this.#last
    const bytes = this.#scanner.bytesOf(text)
    if (!node?.spoke || !bytes || this.#isWatched) return
    const { coloured } = this.#story
    const prefix = coloured ? node.colouredBytes : node.plainBytes
    const finding = this.#scanner.seek(text, start)
    let [lines, next] = [0, start]
    while (prefix.stands(bytes, next)) {
      const from = next + prefix.length
      const end = text.indexOf('\n', from)
      if (end === -1 || end > finding) break
      const last = bytes.getUint8(end - 1) === 13 ? end - 1 : end
      const isOrdinary = coloured ? isReset(bytes, last) : bytes.getUint8(last - 1) !== closingParenthesis
      if (last < from || !isOrdinary || bytes.getUint8(from) === letterQ) break
      lines++
      next = end + 1
    }
    run.lines = lines
    run.next = next
    node.consoleLines += lines
  }

  /** @returns null for a console line; else its parts that are not: nearly always the line itself */
  take(text: string, start: number, end: number, line: number): string | string[] | null {
    const { nodes, coloured, marks } = this.#story
    let at = start
    if (coloured !== false) {
      // More than once only where consoles' lines are glued together.
      for (let node = nodes.ofColouredLine(text, at); node; node = nodes.ofColouredLine(text, at)) {
        at = this.#coloured(node, { text, start: at, end, line })
        if (at === end) return null
      }
    }
    if (coloured !== true) {
      const node = nodes.ofPlainLine(text, at, end, marks.stage === 'before' && line > 1)
      if (node) return this.#plain(node, { text, start: at, end, line })
    }
    return this.#other(text, at, end, line)
  }

  // \e[2mmachine # [    2.489582]  ksys_write+0x6b/0xf0\e[0m
  /** @returns where what is glued behind it begins; `end` when nothing is */
  #coloured(node: Node, { text, start, end, line }: Place): number {
    this.#story.coloured = true
    this.#last = node
    const from = Math.min(start + node.coloured.length, end)
    const closed = text.startsWith(reset, end - reset.length)
    const seam = closed ? this.#seam(text, from, end) : this.#tail(text, from, end)
    const whole = closed ? end - reset.length : end
    this.#line(node, { text, start: from, end: seam === -1 ? whole : seam - reset.length, line })
    return seam === -1 ? end : seam
  }

  // machine # [    2.489582]  ksys_write+0x6b/0xf0
  #plain(node: Node, { text, start, end, line }: Place): string | null {
    this.#story.coloured ??= false
    this.#last = node
    const from = Math.min(start + node.plain.length, end)
    const seam = text.startsWith('seconds)', end - 8) ? this.#gluedEnding(text, from, end) : -1
    this.#line(node, { text, start: from, end: seam === -1 ? end : seam, line })
    return seam === -1 ? null : text.slice(seam, end)
  }

  // machine # no newlinemachine: (finished: must succeed: printf 'no newline' >&2, in 0.07 seconds)
  #gluedEnding(text: string, from: number, end: number): number {
    const words = text.slice(from, end)
    for (const { node, endMark } of this.#story.blocks.open) {
      const at = words.lastIndexOf(endMark)
      if (at === -1 || !/^\d+\.\d+ seconds\)$/.test(words.slice(at + endMark.length))) continue
      const named = `${node}: `
      return from + (words.slice(0, at).endsWith(named) ? at - named.length : at)
    }
    return -1
  }

  // \e[2malpha # one line\e[0m\e[2mbeta # another\e[0m
  /** Where another line begins without a newline in front; -1 in nearly every line. */
  #seam(text: string, from: number, end: number): number {
    if (this.#story.told) return -1
    for (
      let at = text.indexOf(reset, from);
      at !== -1 && at + reset.length < end;
      at = text.indexOf(reset, at + 1)
    ) {
      if (this.#startsLine(text, at + reset.length, end)) return at + reset.length
    }
    return -1
  }

  /** The line does not end as a console line does: perhaps a driver's line is glued behind it. */
  #tail(text: string, from: number, end: number): number {
    if (this.#story.told) return -1
    const at = text.lastIndexOf(reset, end)
    return at > from && this.#startsLine(text, at + reset.length, end) ? at + reset.length : -1
  }

  #startsLine(text: string, at: number, end: number): boolean {
    const { nodes, blocks } = this.#story
    if (nodes.all.some(({ coloured }) => text.startsWith(coloured, at))) return true
    const rest = text.slice(at, Math.min(end, at + 4096))
    // What a guest prints in such colours has two resets behind it: its own, and the console line's.
    if (!text.startsWith(reset + reset, end - 2 * reset.length)) {
      if (nodes.all.some(({ remark }) => rest.startsWith(remark + bold))) return true
      if (rest.startsWith(bold)) return driverForm(withoutCodes(rest)) !== null
    }
    return blocks.open.some(
      ({ node, endMark }) =>
        rest.startsWith(endMark) || (node !== null && rest.startsWith(`${node}: ${endMark}`)),
    )
  }

  #line(node: Node, place: Place): void {
    const { text, start, end, line } = place
    node.consoleLines++
    if (this.#scanner.seek(text, start) < end) this.#sightings.inLine(node, place)
    if (!node.spoke || text.charCodeAt(start) === 113) this.#firstWords(node, text.slice(start, end))
    if (this.#isWatched) this.#screenOf(node.name).line(text.slice(start, end), line)
  }

  #screenOf(name: string): ConsoleScreen {
    const known = this.#screens.get(name)
    if (known) return known
    const { sink } = this.#story
    const screen = new ConsoleScreen((text, line) => sink.console?.(name, text, line))
    this.#screens.set(name, screen)
    return screen
  }

  /** Resolves when every console line was delivered. */
  async drained(): Promise<void> {
    for (const screen of this.#screens.values()) await screen.drained()
  }

  #firstWords(node: Node, words: string): void {
    if (terminating.test(words)) node.terminated = true
    else if (complaint.test(words)) node.complaint = words.slice(0, 500)
    else if (words !== '' && !words.startsWith('qemu-')) node.spoke = true
  }

  /** QEMU's own words stand bare in some drivers' logs. */
  #other(text: string, start: number, end: number, line: number): string | string[] {
    const raw = text.slice(start, end)
    const seam = raw.indexOf(dim, 1)
    // \e[31m!!! \e[0m\e[2mmachine # spoofed\e[0m          (a line of the command that an error quotes)
    const isQuoted = seam === bang.length && raw.startsWith(bang)
    if (
      seam !== -1 &&
      !isQuoted &&
      this.#story.nodes.all.some(({ coloured }) => raw.startsWith(coloured, seam))
    ) {
      return [raw.slice(0, seam), this.take(raw, seam, raw.length, line) ?? []].flat()
    }
    if (this.#scanner.seek(text, start) < end && /^(?:qemu-|Could not access KVM|failed to init)/.test(raw)) {
      this.#sightings.inLine(null, { text, start, end, line })
    }
    return raw
  }
}

/** Whether `\e[0m` stands right in front of `end`. */
function isReset(bytes: DataView, end: number): boolean {
  return bytes.getInt32(end - 4) === 0x1b5b306d
}
