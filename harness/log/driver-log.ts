import type { LogSink } from '../model/log-event.ts'
import { Consoles, type LineRun } from './consoles.ts'
import { DriverLines, type Reading } from './driver-lines.ts'
import { ExposedSymbols } from './exposed-symbols.ts'
import type { Again, Gathering } from './gathering.ts'
import { Story } from './story.ts'
import { FindingScanner } from './symptoms.ts'
import { withoutCodes } from './text.ts'
import { conclude, type EndHint } from './verdict.ts'

/**
 * The grammar of one test's driver log, from any generation of the NixOS test driver. Takes lines as slices of
 * latin1 text; a console line, which is nearly every line, is never copied.
 */
export class DriverLog {
  readonly #story: Story
  readonly #consoles: Consoles
  readonly #lines: DriverLines
  readonly #symbols: ExposedSymbols
  #gathering: Gathering | null = null

  /** @param scanner shared by the logs of one input */
  constructor(sink: LogSink, scanner = new FindingScanner()) {
    this.#story = new Story(sink)
    this.#consoles = new Consoles(this.#story, scanner)
    this.#lines = new DriverLines(this.#story)
    this.#symbols = new ExposedSymbols(this.#story)
  }

  /** Line `text.slice(start, end)`, the `line`-th of the input. */
  line(text: string, start: number, end: number, line: number): void {
    this.#story.lastLine = line
    if (end > start && text.charCodeAt(end - 1) === 13) end--
    const rest = this.#consoles.take(text, start, end, line)
    if (rest === null) return
    if (typeof rest === 'string') this.#part(rest, line)
    else for (const part of rest) this.#part(part, line)
  }

  /** What is no console's, as it stands in the log for the first time. */
  #part(raw: string, line: number): void {
    this.#story.outputs.add(raw, this.#gathering === null)
    this.#story.blocks.watch(raw, line)
    this.#dispatch(raw, line)
  }

  /** Takes the lines from `start` on that are more of the console that spoke last; the way of nearly every line. */
  consoleLines(text: string, start: number, run: LineRun): void {
    this.#consoles.takeRun(text, start, run)
  }

  /** The log is over. Reports `logEnded`. @param hint counts where the log's own words prove nothing */
  end(hint?: EndHint): void {
    this.#gathering?.giveUp()
    this.#gathering = null
    conclude(this.#story, this.#lines.reported ?? this.#lines.bare.parse(), hint)
  }

  /** Resolves when every console line was delivered. */
  drained(): Promise<void> {
    return this.#consoles.drained()
  }

  /** The driver has cleaned up; at most the words of what failed still come. */
  get isOver(): boolean {
    return this.#story.marks.cleanupEnded
  }

  /** The script has not begun. */
  get isFresh(): boolean {
    return this.#story.marks.stage === 'before'
  }

  /** Something that only a test's driver says was read. */
  get hasStarted(): boolean {
    return !this.isFresh || this.#story.nodes.all.length > 0
  }

  /** Reads a part, and what turns out to be glued behind it or to have been taken wrongly. */
  #dispatch(raw: string, line: number): void {
    const left: Again[] = [{ raw, free: false }]
    for (let next = left.pop(); next; next = left.pop()) {
      const again = next.free ? this.#free(next.raw, line) : this.#read(next.raw, line)
      if (again) for (const one of again.reverse()) left.push(one)
    }
  }

  /** @returns what is to be read next, in front of all else */
  #read(raw: string, line: number): Again[] | null {
    if (this.#gathering) return this.#gather(this.#gathering, raw)
    const { marks } = this.#story
    if (marks.cleanedUp && this.#lines.bare.take(withoutCodes(raw))) return null
    // Behind the clean-up only prints can follow that were held back in a pipe.
    const held = marks.cleanupEnded && !this.#symbols.inTime
    const reading = held ? 'free' : this.#lines.read(raw, line)
    return reading === 'free' ? this.#free(raw, line) : this.#driver(reading, line)
  }

  #gather(gathering: Gathering, raw: string): Again[] | null {
    const again = gathering.take(raw)
    if (again) this.#gathering = null
    return again
  }

  #driver(reading: Exclude<Reading, 'free'>, line: number): Again[] | null {
    this.#story.blocks.touch(line, this.#lines.lastHead)
    if (reading === 'driver') return null
    if ('gathering' in reading) {
      this.#gathering = reading.gathering
      return null
    }
    // (finished: must succeed: true, in 0.11 seconds)beta # n2905
    const rest = this.#consoles.take(reading.again, 0, reading.again.length, line)
    return rest === null ? null : [rest].flat().map((part) => ({ raw: part, free: false }))
  }

  /** Not the driver's: text of a head or an output, or what the script printed. */
  #free(raw: string, line: number): null {
    const story = this.#story
    this.#lines.lastFree = { raw, line }
    if (this.#symbols.take(raw)) return null
    if (story.coloured !== true) this.#lines.late.rememberGlued(raw, line)
    if (story.outputs.isOpen) return null
    // cannot start vde_switch
    if (story.marks.stage === 'before' && raw.startsWith('cannot start vde_switch')) story.hostError = raw
    if (!story.blocks.extend()) story.print(withoutCodes(raw), line)
    return null
  }
}
