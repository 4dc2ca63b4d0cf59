import { ConsoleScreen } from '../../log/console-screen.ts'
import { type Entry, Ledger } from '../../log/ledger.ts'
import { Nodes, startAnew } from '../../log/nodes.ts'
import { cutOutput } from '../../log/outputs.ts'
import { ScriptPrints } from '../../log/script-prints.ts'
import { Sightings } from '../../log/sightings.ts'
import { FindingScanner } from '../../log/symptoms.ts'
import { toBytesString } from '../../log/text.ts'
import { type ToldFailure, ToldFailures } from '../../log/told-failures.ts'
import { hostBroken, type LogVerdict, type ToldEnd, toldFailed, toldTimeout } from '../../log/told-verdict.ts'
import type { AssertionKind } from '../../model/assertion.ts'
import type { LogSink } from '../../model/log-event.ts'
import type { Block, BlockFailure, Fact, ScriptError, Step } from './fact.ts'
import { lastErrorOf } from './last-error.ts'

/**
 * Tells what happens in a test as events, which say the same as the log of the same facts when that is read. Where
 * steps run side by side the events are exact, and the log is not: it does not tell which of several open subtests
 * a step belongs to.
 */
export class EventRecorder {
  readonly #sink: LogSink
  readonly #ledger: Ledger
  readonly #prints: ScriptPrints
  readonly #failures: ToldFailures
  readonly #nodes = new Nodes()
  readonly #scanner = new FindingScanner()
  readonly #sightings: Sightings
  readonly #screens = new Map<string, ConsoleScreen>()
  readonly #entries = new WeakMap<Block, Entry>()
  /** What runs, in the order of its start. */
  readonly #running = new Set<Entry>()
  /** What blocks failed with, to recognise what ends the script. */
  readonly #thrown = new WeakMap<ToldFailure, unknown>()
  #seconds: number | null = null
  #isTimedOut = false
  #hostError: string | null = null

  constructor(sink: LogSink) {
    this.#sink = sink
    this.#ledger = new Ledger(sink)
    this.#prints = new ScriptPrints(sink)
    this.#failures = new ToldFailures(this.#ledger)
    this.#sightings = new Sightings(sink, this.#scanner)
  }

  /** @param line of the log in which the fact begins @param lastLine in which it ends; both 1-based */
  take(fact: Fact, line: number, lastLine: number): void {
    switch (fact.type) {
      case 'blockBegan':
        this.#began(fact.block, line)
        break
      case 'blockEnded':
        this.#ended(fact.block, rounded(fact.seconds))
        break
      case 'blockFailed':
        this.#failed(fact.block, fact.failure, { seconds: rounded(fact.seconds), line: lastLine })
        break
      case 'consoleSpoke':
        this.#console(fact.node, toBytesString(fact.line), line)
        break
      case 'printed':
        this.#prints.line(toBytesString(fact.line), line)
        break
      case 'scriptFinished':
        this.#seconds = rounded(fact.seconds)
        this.#sink.event({ type: 'scriptFinished', seconds: this.#seconds, line })
        break
      case 'timeoutReached':
        this.#isTimedOut = true
        break
      case 'stageFailed':
        this.#hostError = fact.message
        break
      case 'testEnded':
        this.#conclude(fact.failure, lastLine)
        break
      case 'symbolsExposed':
        for (const node of fact.nodes) this.#nodes.mention(node)
        break
      case 'qemuStarting':
      case 'qemuStarted':
      case 'guestBooted':
      case 'crashForced':
        this.#lifeOf(fact, line)
        break
      case 'linkConstrained': {
        const { node, interface: name, words } = fact
        this.#sink.event({ type: 'linkConstrained', node, interface: name, text: words, line })
        break
      }
      // Words for people: the log tells them.
      case 'remarked':
      case 'noted':
      case 'scriptFailed':
    }
  }

  /** Resolves when every console line was delivered. */
  async drained(): Promise<void> {
    for (const screen of this.#screens.values()) await screen.drained()
  }

  #began(block: Block, line: number): void {
    const { step } = block
    if (step.type === 'script') this.#sink.event({ type: 'scriptStarted', line })
    const what = demandOf(step)
    if (!what) return
    this.#failures.scriptWentOn()
    const subtest = subtestAround(block)
    const around = (subtest && this.#entries.get(subtest)) ?? null
    const entry = this.#ledger.start({ ...what, phase: this.#prints.phase, subtest: around, line })
    this.#entries.set(block, entry)
    this.#running.add(entry)
  }

  #ended(block: Block, seconds: number): void {
    const entry = this.#entries.get(block)
    if (!entry) return
    if (block.step.type === 'subtest') this.#failures.scriptWentOn()
    this.#running.delete(entry)
    const nothing = { message: null, output: null }
    this.#ledger.end(entry, { outcome: 'passed', caught: false, seconds, ...nothing })
  }

  #failed(block: Block, failure: BlockFailure, told: { seconds: number; line: number }): void {
    const entry = this.#entries.get(block)
    if (!entry) return
    this.#running.delete(entry)
    const hasOutput = failure.output !== null && block.step.type !== 'subtest'
    const output = hasOutput ? cutOutput(failure.output ?? '') : null
    const one: ToldFailure = { entry, message: failure.message, output, ...told }
    this.#failures.add(one)
    this.#thrown.set(one, failure.thrown)
  }

  #lifeOf(
    fact: Extract<Fact, { type: 'qemuStarting' | 'qemuStarted' | 'guestBooted' | 'crashForced' }>,
    line: number,
  ) {
    const node = this.#nodes.get(fact.node)
    switch (fact.type) {
      case 'qemuStarting':
        startAnew(node)
        break
      case 'qemuStarted':
        this.#sink.event({ type: 'nodeStarted', node: node.name, line })
        break
      case 'guestBooted':
        node.booted = true
        node.poweredOff = false
        // Of its two lines the second tells the time.
        this.#sink.event({
          type: 'nodeBooted',
          node: node.name,
          seconds: rounded(fact.seconds),
          line: line + 1,
        })
        break
      case 'crashForced':
        node.poweredOff = true
    }
  }

  #console(name: string, text: string, line: number): void {
    const node = this.#nodes.get(name)
    node.consoleLines++
    this.#scanner.turnTo(text)
    this.#sightings.inLine(node, { text, start: 0, end: text.length, line })
    if (this.#sink.console) this.#screenOf(name).line(text, line)
  }

  #screenOf(name: string): ConsoleScreen {
    const known = this.#screens.get(name)
    if (known) return known
    const screen = new ConsoleScreen((text, line) => this.#sink.console?.(name, text, line))
    this.#screens.set(name, screen)
    return screen
  }

  #conclude(failure: ScriptError | null, lastLine: number): void {
    const end = {
      ledger: this.#ledger,
      failures: this.#failures,
      nodes: this.#nodes,
      prints: this.#prints,
      lastLine,
    }
    const { outcome, failure: why } = this.#verdict(end, failure)
    const nodes = this.#nodes.all.map(({ name, consoleLines, booted, symptoms }) => {
      return { name, consoleLines, booted, symptoms }
    })
    const seconds = outcome === 'passed' ? this.#seconds : null
    this.#sink.event({ type: 'logEnded', outcome, failure: why, nodes, seconds })
  }

  #verdict(end: ToldEnd, failure: ScriptError | null): LogVerdict {
    if (this.#hostError !== null) return hostBroken(this.#hostError)
    if (this.#isTimedOut) return toldTimeout(end, [...this.#running].at(-1) ?? null)
    if (failure) {
      const causes = this.#failures.all.filter((one) => Object.is(this.#thrown.get(one), failure.thrown))
      return toldFailed(end, lastErrorOf(failure), causes)
    }
    this.#failures.settle([], 'failed')
    return { outcome: 'passed', failure: null }
  }
}

/** What an assertion says that begins with this step; null for the driver's own work. */
function demandOf(step: Step): { node: string | null; kind: AssertionKind; text: string } | null {
  switch (step.type) {
    case 'assertion':
      return { node: step.node, kind: step.kind, text: step.text }
    case 'subtest':
      return { node: null, kind: 'subtest', text: step.name }
    case 'work':
    case 'script':
      return null
  }
}

function subtestAround(block: Block): Block | null {
  for (let one = block.parent; one; one = one.parent) if (one.step.type === 'subtest') return one
  return null
}

/** As the log tells it. */
function rounded(seconds: number): number {
  return Number(seconds.toFixed(2))
}
