import type { LineRun } from './consoles.ts'
import { lineLimit } from './line-splitter.ts'
import { copy } from './text.ts'

/** How other systems wrap each line of a log. `strip` returns the line without the wrapping. */
interface Carrier {
  name: string
  /** What every line of it begins with. */
  prefix: RegExp
  /** The line continues the one before, which its system had cut. */
  continues?: RegExp
}

/** Most specific first. */
const carriers: Carrier[] = [
  // vm-tests (k3s)	Run nix build	2026-01-01T12:00:00.1234567Z machine: starting vm          gh run view --log
  {
    name: 'gh run view',
    prefix: /^[^\t]{1,200}\t[^\t]{1,200}\t(?:\xef\xbb\xbf)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z ?/,
  },
  // 2026-01-01T12:00:00.123456Z 00O machine: starting vm                                      GitLab
  // 2026-01-01T12:00:00.123456Z 00O+the rest of a line that was cut
  {
    name: 'GitLab',
    prefix: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z [0-9a-f]{2}[OE][ +]?/,
    continues: /^\S+ [0-9a-f]{2}[OE]\+/,
  },
  // 2026-01-01T12:00:00.1234567Z machine: starting vm                                         GitHub
  { name: 'GitHub', prefix: /^(?:\xef\xbb\xbf)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?/ },
  // [2026-01-01T12:00:00.123Z] machine: starting vm                                           Jenkins
  { name: 'Jenkins', prefix: /^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\] ?/ },
  // Jan 01 12:00:00 ci-host nix[4711]: machine: starting vm                                   systemd's journal
  { name: 'journal', prefix: /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [\w@.-]+(?:\[\d+\])?: ?/ },
  // [12:00:00] machine: starting vm
  { name: 'clock', prefix: /^\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]? ?/ },
  // > machine: starting vm                                                                    quoted in a mail
  { name: 'quote', prefix: /^> ?/ },
  //     machine: starting vm                                                                  pasted as a code block
  { name: 'indent', prefix: /^(?: {4}|\t)/ },
]

/** Damage that whole logs take on their way; `mend` undoes it in one line. */
const damages: { sign: RegExp; ofCodes: boolean; mend(line: string): string }[] = [
  // ^[[1m^[[32mstart all VLans^[[0m                               cat -v
  { sign: /\^\[\[[\d;]*m/, ofCodes: true, mend: (line) => line.replaceAll('^[', '\u001b') },
  // [1m[32mstart all VLans[0m                                     only the ESC itself was lost
  {
    sign: /^(?:[\w.-]+: )?(?:\[1m\[32m|\[2m[\w.-]+ # )/,
    ofCodes: true,
    mend: (line) => line.replace(/\[(?=(?:[\d;]*|\?7)[mlJKh])/g, '\u001b['),
  },
  // vm-test-run-a&gt; machine: checking if unit &#39;a&#39; ...   copied out of HTML
  { sign: /&(?:gt|lt|quot|amp|#39|#x27);/, ofCodes: false, mend: withoutEntities },
]

/** Lines that are looked at before the carrier is decided. */
const sampleLines = 40

/**
 * Takes the wrapping off each line of an input: time stamps of CI systems, indents, lost escape codes. Decides once,
 * by the first lines: a script may well print a time stamp itself, but not before every line.
 */
export class Unwrapper {
  #sample: string[] | null = []
  #carrier: Carrier | null = null
  #mend: ((line: string) => string) | null = null
  #pending: { line: string; number: number } | null = null
  readonly #receive: (text: string, start: number, end: number, number: number) => void
  #number = 0
  readonly #run: LineRun = { lines: 0, next: 0 }

  constructor(receive: (text: string, start: number, end: number, number: number) => void) {
    this.#receive = receive
  }

  line(text: string, start: number, end: number): void {
    this.#number++
    if (this.#sample) this.#observe(text.slice(start, end))
    else if (this.#carrier || this.#mend) this.#unwrap(text.slice(start, end), this.#number)
    else this.#receive(text, start, end, this.#number)
  }

  /** Lines that need no unwrapping may be taken past it. @returns where the next line starts */
  skip(text: string, start: number, take: (text: string, start: number, run: LineRun) => void): number {
    if (this.#sample || this.#carrier || this.#mend) return start
    this.#run.lines = 0
    this.#run.next = start
    take(text, start, this.#run)
    this.#number += this.#run.lines
    return this.#run.next
  }

  end(): void {
    this.#decide()
    this.#flush()
  }

  #observe(line: string): void {
    this.#sample?.push(copy(line))
    if (this.#sample && this.#sample.length >= sampleLines) this.#decide()
  }

  #decide(): void {
    const sample = this.#sample
    if (!sample) return
    this.#sample = null
    const filled = sample.filter((line) => line.trim() !== '')
    const share = (test: RegExp) => filled.filter((line) => test.test(line)).length / filled.length
    this.#carrier = carriers.find(({ prefix }) => filled.length > 2 && share(prefix) > 0.9) ?? null
    const bare = this.#carrier ? filled.map((line) => this.#bare(line)) : filled
    // A system that cuts lines may cut right behind an ESC that is well.
    const hasCodes = bare.some((line) => line.includes('\u001b['))
    const signs = damages.filter(({ ofCodes }) => !(ofCodes && hasCodes))
    this.#mend = signs.find(({ sign }) => bare.some((line) => sign.test(line)))?.mend ?? null
    sample.forEach((line, at) => {
      this.#unwrap(line, at + 1)
    })
  }

  #bare(line: string): string {
    return this.#carrier ? line.replace(this.#carrier.prefix, '') : line
  }

  #unwrap(line: string, number: number): void {
    const own = this.#bare(line)
    const mended = this.#mend ? this.#mend(own) : own
    const continues = this.#carrier?.continues
    if (!continues) {
      this.#receive(mended, 0, mended.length, number)
    } else if (continues.test(line) && this.#pending) {
      if (this.#pending.line.length < lineLimit) this.#pending.line += mended
    } else {
      this.#flush()
      this.#pending = { line: mended, number }
    }
  }

  #flush(): void {
    const pending = this.#pending
    this.#pending = null
    if (pending) this.#receive(pending.line, 0, pending.line.length, pending.number)
  }
}

const entities: Record<string, string> = { gt: '>', lt: '<', quot: '"', amp: '&', '#39': "'", '#x27': "'" }

function withoutEntities(line: string): string {
  return line.replace(/&(gt|lt|quot|amp|#39|#x27);/g, (_, name: string) => entities[name] ?? '')
}

// ##[group]Run nix build        ::endgroup::        section_start:1767268800:step_script\r\e[0KTitle
// Script started on 2026-01-01 12:00:00+00:00 [COMMAND="nix build -L"]            script(1)
const marker =
  /^(?:\u001b\[0K)?(?:##\[[a-z]+\]|::(?:group|endgroup|error|warning|notice|debug)\b|section_(?:start|end):\d+:|Script (?:started|done) on \d)/

/** Folding markers of CI systems, first and last words of a terminal's capture: nothing of the log's. */
export function isMarker(line: string): boolean {
  return marker.test(line)
}

/**
 * A terminal's line without what was overwritten in it: Nix draws its progress, then `\r\e[K`, then a log line.
 * @returns the line as it stayed, without the reset that Nix puts behind each
 */
export function asDrawn(line: string): string {
  const at = Math.max(line.lastIndexOf('\r\u001b[K'), line.lastIndexOf('\u001b[K\r'))
  if (at === -1) return line
  const drawn = line.slice(at).replace(/^(?:\r|\u001b\[K)+/, '')
  return drawn.endsWith('\u001b[0m') ? drawn.slice(0, -4) : drawn
}
