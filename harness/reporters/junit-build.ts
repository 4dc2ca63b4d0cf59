import { compareText } from '../model/compare-text.ts'
import type { CheckReport, RunReport } from '../model/report.ts'
import type { JunitGranularity } from '../model/run-defaults.ts'
import { type JunitCase, junitCases } from './junit-cases.ts'
import { type CaseWriter, type Counts, caseWriter, rootEnvelope, suiteEnvelope } from './junit-elements.ts'
import { type AttemptPaths, type AttemptPlace, type Detail, finalCase } from './junit-limits.ts'
import { caseNames, classNameOf, type SuiteNames } from './junit-names.ts'
import { suiteFacts } from './junit-suite.ts'
import { xmlSeconds } from './junit-text.ts'
import { checkTitle } from './wording.ts'

/** A run, or what `parse` read: then there is no run. */
export type JunitInput = Pick<RunReport, 'checks'> & { run: RunReport['run'] | null }

/** How a report is told. */
export interface Building {
  granularity: JunitGranularity
  detail: Detail
  /** What has to be known of the report itself; gets a suite of its own. */
  notice: string | null
  /** What there is of an attempt. */
  paths(attempt: AttemptPlace): AttemptPaths
  /** In bytes. */
  limit: number
}

/** XML in pieces. */
export interface BuiltJunit {
  pieces: string[]
  bytes: number
}

/** @returns null when it becomes larger than its limit */
export function buildJunit({ checks, run }: JunitInput, how: Building): BuiltJunit | null {
  const text = new Text()
  const write = caseWriter()
  const logIn = (folder: string) => how.paths({ folder, attachments: [] }).log ?? folder
  const namesOf = caseNames(checks.map(namesFor))
  const all: Counts = { ...nothing }
  const root = text.frame()
  if (how.notice !== null) addNotice(how.notice, text, { write, all })
  for (const check of [...checks].sort(inOrder)) {
    const suite = text.frame()
    const counts: Counts = { ...nothing }
    const own = namesFor(check)
    const nameOf = namesOf(own)
    const { detail } = how
    const context = { className: own.className, detail, paths: how.paths(check), logIn }
    for (const one of junitCases(check, how.granularity)) {
      count(one, counts)
      const name = nameOf(one.name, how.detail.name)
      text.add(write(finalCase(one, name, context)))
      if (text.bytes > how.limit) return null
    }
    counts.time = check.seconds ?? counts.time
    sum(counts, all)
    const facts = suiteFacts(check, run)
    const properties = how.detail.isLeast ? [] : facts.properties
    suite.close(suiteEnvelope({ ...facts, properties }, rounded(counts)))
  }
  root.close(rootEnvelope('vmproof', rounded(all)))
  return text.bytes > how.limit ? null : { pieces: text.pieces(), bytes: text.bytes }
}

const nothing: Counts = { tests: 0, failures: 0, errors: 0, skipped: 0, time: 0 }

/** Two checks of one name are of different kinds. */
function inOrder(a: CheckReport, b: CheckReport): number {
  return compareText(checkTitle(a), checkTitle(b)) || compareText(a.kind ?? '', b.kind ?? '')
}

function namesFor(check: CheckReport): SuiteNames {
  const className = classNameOf(check)
  return { prefix: `${checkTitle(check)}_${className}_`, className }
}

function count({ verdict, seconds }: Pick<JunitCase, 'verdict' | 'seconds'>, counts: Counts): void {
  counts.tests += 1
  counts.time += seconds
  if (verdict.type === 'failure') counts.failures += 1
  if (verdict.type === 'error') counts.errors += 1
  if (verdict.type === 'skipped') counts.skipped += 1
}

function sum(counts: Counts, all: Counts): void {
  for (const key of Object.keys(all) as (keyof Counts)[]) all[key] += counts[key]
}

function rounded(counts: Counts): Counts {
  return { ...counts, time: xmlSeconds(counts.time) }
}

/** A skipped case: it is shown, and it makes no run red. */
function addNotice(message: string, text: Text, { write, all }: { write: CaseWriter; all: Counts }): void {
  const verdict = { type: 'skipped', message } as const
  const suite = text.frame()
  const one = { name: 'this report', seconds: 0, verdict, earlier: [], out: null }
  const counts = { ...nothing }
  count(one, counts)
  sum(counts, all)
  text.add(write({ ...one, className: 'vmproof' }))
  suite.close(suiteEnvelope({ name: 'vmproof', hostname: null, timestamp: null, properties: [] }, counts))
}

/** Characters in a piece, or more: strings that are put together are kept in parts, which takes several times more. */
const pieceSize = 256 * 1024

/** Pieces of text in order, with a place for what is only known later. */
class Text {
  bytes = 0
  readonly #pieces: string[] = []
  #lines: string[] = []
  #characters = 0

  add(line: string): void {
    this.bytes += Buffer.byteLength(line)
    this.#lines.push(line)
    this.#characters += line.length
    if (this.#characters >= pieceSize) this.#flush()
  }

  /** What is added from here until it is closed stands in it. */
  frame(): { close(frame: { head: string; tail: string }): void } {
    this.#flush()
    const at = this.#pieces.push('') - 1
    return {
      close: ({ head, tail }) => {
        this.#pieces[at] = head
        this.bytes += Buffer.byteLength(head)
        this.add(tail)
      },
    }
  }

  pieces(): string[] {
    this.#flush()
    return this.#pieces
  }

  #flush(): void {
    if (this.#lines.length > 0) this.#pieces.push(this.#lines.join(''))
    this.#lines = []
    this.#characters = 0
  }
}
