import type { LogSink } from '../model/log-event.ts'
import { driverForm, type HeadForm, nodeForm, unknownForm } from './assertion-forms.ts'
import { type Block, Blocks, type Ending, isInside, isSubtest, subtestOf } from './blocks.ts'
import { looksForged } from './forgery.ts'
import { type Draft, type Entry, Ledger, type Result } from './ledger.ts'
import { Marks } from './marks.ts'
import { type Head, newBlock } from './new-block.ts'
import { type Node, Nodes } from './nodes.ts'
import { Outputs, outputText } from './outputs.ts'
import { isAssertion } from './python-errors.ts'
import { ScriptPrints } from './script-prints.ts'
import { clean, copy, kept, withoutCodes } from './text.ts'
import type { ToldFailures } from './told-failures.ts'

/** An error that subtests reported and that fits no block: an assert of the script, or a bug in it. */
export interface UnplacedError {
  subtest: Block | null
  message: string
  line: number
}

/** What a test's log has told so far: its blocks, their assertions, and the marks of its end. */
export class Story {
  readonly nodes = new Nodes()
  readonly blocks = new Blocks()
  readonly ledger: Ledger
  readonly prints: ScriptPrints
  readonly marks = new Marks()
  readonly outputs = new Outputs()
  /** null until the first line that shows whether escape codes were kept. */
  coloured: boolean | null = null
  /** The driver itself could not set up what a test needs. */
  hostError: string | null = null
  lastLine = 0
  /** What was being waited for when the driver's time was over. */
  timeoutStep: Block | null = null
  unplacedError: UnplacedError | null = null
  /** A subtest reported an error that may still be caught. */
  hasErrors = false
  /** Of a driver that tells every failure where it happens; null for one that does not. */
  told: ToldFailures | null = null
  /** Steps overlapped, so the script uses threads. */
  threads = false
  /** The script's prints come late, so a banner says nothing about what stands behind it. */
  latePrints = false
  /** Steps that may still be named by an error, newest last. */
  recent: Block[] = []
  /** The node that the driver is ending. */
  ending: Node | undefined
  readonly sink: LogSink

  constructor(sink: LogSink) {
    this.sink = sink
    this.ledger = new Ledger(sink)
    this.prints = new ScriptPrints(sink)
  }

  /** A block begins. @returns it, or null for a head that is no block */
  begin(head: Head): Block {
    const first = copy(head.text)
    const full = head.more.length === 0 ? first : [first, ...head.more].join('\n')
    const known = head.node === null ? driverForm(full) : nodeForm(full)
    const form = known ?? unknownForm(full, head.node !== null)
    if (form.role !== 'bookkeeping') this.#goOn()
    const restarts = head.node === null ? 0 : this.nodes.get(head.node).restarts
    const block = newBlock({ ...head, text: first }, form, this.coloured === true, restarts)
    block.parent = this.#parentOf(block)
    if (form.role !== 'bookkeeping') {
      this.#supersede(block)
      block.entry = this.ledger.start(this.#draft(block, form))
    }
    this.blocks.add(block)
    if (form.role === 'step') this.#remember(block)
    return block
  }

  /** A polling check runs inside the step that waits for it; all else inside the innermost group. */
  #parentOf({ form }: Block): Block | null {
    const isCheck = form.role === 'group' && form.kind === 'polling_condition'
    const { open } = this.blocks
    for (let at = open.length - 1; at >= 0; at--) {
      const one = open[at] as Block
      if (one.form.role === 'group' || (isCheck && one.form.role === 'step' && !one.superseded)) return one
    }
    return null
  }

  #draft(block: Block, form: Extract<HeadForm, { kind: unknown }>): Draft {
    return {
      node: block.node,
      kind: form.kind,
      text: textOf(form.text),
      phase: this.latePrints ? null : this.prints.phase,
      subtest: subtestOf(block.parent)?.entry ?? null,
      line: block.line,
    }
  }

  #remember(block: Block): void {
    this.recent.push(block)
    if (this.recent.length > 64) this.recent.splice(0, 32)
  }

  /** The script does something new, so whatever failed before was caught. */
  #goOn(): void {
    this.marks.scriptGoesOn(this.coloured === true)
    this.closeCaughtOutput()
    this.caught()
  }

  /** A step that is still open now has failed and was caught, or runs in another thread. */
  #supersede(block: Block): void {
    if (this.told) return
    if (block.form.role === 'group' && block.form.kind === 'polling_condition') return
    if (!this.blocks.hasOpenStep()) return
    for (const step of [...this.blocks.open]) {
      if (step.form.role !== 'step' || isInside(block, step)) continue
      step.superseded = true
      const sameNode = block.form.role === 'step' && block.node === step.node
      if (sameNode || step.output) this.abandon(step, sameNode)
    }
  }

  /** A closing line came. */
  end({ block, seconds, more }: Ending): void {
    if (block.superseded || block.fate === 'abandoned') this.threads = true
    if (more) this.setText(block, more)
    if (block.form.role !== 'bookkeeping') this.closeCaughtOutput()
    if (block.form.role === 'group') this.caught()
    if (!this.told) for (const inner of this.blocks.inside(block)) this.#leave(inner, block)
    this.blocks.end(block, this.lastLine)
    if (block.form.role === 'bookkeeping') {
      if (block.form.task === 'script') this.#scriptEnded()
      if (block.form.task === 'cleanup') this.marks.cleanupEnded = true
      return
    }
    const failed = block.pollFailed
    this.#close(block, { outcome: failed ? 'failed' : 'passed', caught: failed, seconds })
  }

  /**
   * A block that is open when the one around it ends has failed, or began in another thread. A subtest that failed
   * would have said so.
   */
  #leave(inner: Block, outer: Block): void {
    if (isSubtest(inner) && inner.error === null) {
      inner.parent = outer.parent
      if (!inner.entry) return
      inner.entry.subtest = subtestOf(outer.parent)?.entry ?? null
      this.ledger.reissue(inner.entry.index)
    } else if (
      !isSubtest(subtestOf(inner) ?? inner) ||
      subtestOf(inner)?.error !== null ||
      subtestOf(inner) === outer
    ) {
      this.abandon(inner)
    }
  }

  #scriptEnded(): void {
    this.marks.scriptEnded = true
    this.closeCaughtOutput()
    this.caught()
    if (this.told) return
    for (const block of [...this.blocks.open].reverse())
      if (block.form.role !== 'bookkeeping') this.abandon(block)
  }

  /** The text has these further lines, of which the log shows `lines`, and what was read in them was never said by the driver. */
  setText(block: Block, more: string[], lines = more.length): void {
    const last = block.watchedAt[lines - 1]
    if (last !== undefined && block.touchedAt !== null && block.touchedAt <= last)
      this.unread(block.line, last)
    if (more.join('\n') === block.more.join('\n')) return
    block.more = more
    this.retext(block)
  }

  /** Reports the assertion with its full text. */
  retext(block: Block): void {
    const full = [block.head, ...block.more].join('\n')
    const form = block.node === null ? driverForm(full) : nodeForm(full)
    if (!form || form.role === 'bookkeeping' || !block.entry) return
    block.form = form
    block.entry.text = textOf(form.text)
    this.ledger.reissue(block.entry.index)
  }

  /** What was read in lines `after + 1` to `last` was said by nobody. */
  unread(after: number, last: number): void {
    const reopened = this.blocks.unread(after, last)
    const entries = reopened.flatMap(({ entry }) => entry ?? [])
    this.ledger.unread((line) => line > after && line <= last, entries)
    this.marks.takeBack()
    this.unplacedError = null
  }

  /** It failed, and the script went on without it; or it was never more than a line that looks like one. */
  abandon(block: Block, wentOn = false): void {
    this.blocks.abandon(block, this.lastLine)
    if (!block.entry) return
    if (block.brokenAt !== null) this.#leaveBroken(block, block.brokenAt)
    if (looksForged(this, block, wentOn)) this.ledger.remove(block.entry)
    else this.#close(block, { outcome: 'failed', caught: true, seconds: null })
  }

  /** The script caught the failure outside of this subtest; what came since did not stand in it. */
  #leaveBroken({ entry }: Block, since: number): void {
    const moved = this.ledger.entries.filter(({ subtest, line }) => subtest === entry && line > since)
    for (const one of moved) one.subtest = entry?.subtest ?? null
    if (moved[0]) this.ledger.reissue(moved[0].index)
  }

  #close(block: Block, how: Pick<Result, 'outcome' | 'caught' | 'seconds'>): void {
    if (!block.entry) return
    this.ledger.restore(block.entry)
    const { outcome, caught, seconds } = how
    const failed = outcome !== 'passed'
    const message = failed && block.error !== null ? kept(block.error) : null
    const output = failed ? outputText(block) : null
    this.ledger.end(block.entry, { outcome, caught, seconds, message, output })
  }

  /** Subtests reported an error, and the script goes on. */
  caught(): void {
    this.told?.scriptWentOn()
    if (!this.hasErrors) return
    this.hasErrors = false
    this.#catchUnplacedError()
    for (const block of [...this.blocks.open].reverse()) {
      if (block.error === null || block.fate !== 'open') continue
      for (const inner of this.blocks.inside(block)) this.abandon(inner)
      this.abandon(block)
    }
  }

  #catchUnplacedError(): void {
    const error = this.unplacedError
    this.unplacedError = null
    if (error && isAssertion(error.message)) {
      this.ledger.end(this.startPython(error, null), {
        outcome: 'failed',
        caught: true,
        seconds: null,
        message: kept(error.message),
        output: null,
      })
    }
  }

  /** An assert of the script itself. @param text its source, where the log has it */
  startPython({ subtest, line }: UnplacedError, text: string | null): Entry {
    return this.ledger.start({
      node: null,
      kind: 'python',
      text: text ?? 'assert',
      phase: this.latePrints ? null : this.prints.phase,
      subtest: subtest?.entry ?? null,
      line,
    })
  }

  /** The output is over, and what the script printed since is its own again. */
  closeCaughtOutput(): void {
    for (const raw of this.outputs.closeCaught()) this.print(withoutCodes(raw), this.lastLine)
  }

  scriptBegan(line: number): void {
    this.marks.stage = 'script'
    this.sink.event({ type: 'scriptStarted', line })
  }

  scriptFinished(seconds: number, line: number): void {
    this.marks.scriptFinished(seconds)
    this.sink.event({ type: 'scriptFinished', seconds, line })
  }

  timedOut(line: number): void {
    this.marks.timeoutAt = line
    this.timeoutStep = this.blocks.innermost(({ form, superseded }) => form.role === 'step' && !superseded)
  }

  cleanupBegan(): void {
    this.marks.cleanupBegan()
    this.outputs.cleanupBegan()
  }

  /** Free text of the script. */
  print(raw: string, line: number): void {
    if (this.marks.stage !== 'before') this.prints.line(raw, line)
  }
}

/** What an author demands is told completely, within reason. */
const textLimit = 256 * 1024

function textOf(raw: string): string {
  return clean(raw.length > textLimit ? raw.slice(0, textLimit) : raw)
}
