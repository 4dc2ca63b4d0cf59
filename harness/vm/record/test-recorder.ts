import { AsyncLocalStorage } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import { plainText } from '../../log/nix-text.ts'
import type { LogSink } from '../../model/log-event.ts'
import { secondsSince } from '../elapsed.ts'
import { ScriptIsOver } from '../errors.ts'
import { failureOf } from './error-text.ts'
import { EventRecorder } from './event-recorder.ts'
import type { Block, Fact, ScriptError, Step } from './fact.ts'
import { GrammarRecorder, type LogOutput } from './grammar-recorder.ts'

interface Running {
  block: Block
  /** Its stack tells where. */
  begun: Error
}

/**
 * Where the driver says what happens. Each fact goes to the log and, where somebody wants them, to the events,
 * which carry the fact's line in the log.
 */
export class TestRecorder {
  readonly #log: GrammarRecorder
  readonly #events: EventRecorder | null
  readonly #current = new AsyncLocalStorage<Block>()
  /** What the script runs. */
  readonly #running = new Map<Block, Running>()
  readonly #origins = new WeakMap<object, Error>()
  #isOver = false

  /**
   * @param output takes the log, as the NixOS driver would write it
   * @param sink takes events and rendered console lines
   */
  constructor(output: LogOutput, sink: LogSink | null = null) {
    this.#log = new GrammarRecorder(output)
    this.#events = sink === null ? null : new EventRecorder(sink)
  }

  /** What the script began and did not end, oldest first, and where it did. */
  get running(): { step: Step; begun: Error }[] {
    return [...this.#running.values()].map(({ block, begun }) => ({ step: block.step, begun }))
  }

  /** Where the step was begun that failed with this error first; null for an error of no step. */
  originOf(error: unknown): Error | null {
    return isObject(error) ? (this.#origins.get(error) ?? null) : null
  }

  /** @throws ScriptIsOver when the test has ended while a part of its script went on */
  checkOpen(): void {
    if (this.#isOver) throw new ScriptIsOver()
  }

  /**
   * Reports the start of `body`, runs it, and reports its end or failure.
   * @throws what `body` throws; ScriptIsOver for a step of a script whose test has ended
   */
  async step<T>(step: Step, body: () => Promise<T>): Promise<T> {
    const block = this.#begin(step)
    try {
      const result = await this.#current.run(block, body)
      this.#end(block)
      return result
    } catch (thrown) {
      this.#fail(block, thrown)
      throw thrown
    }
  }

  /** As `step`, for what takes no time. */
  demand(step: Step, body: () => void): void {
    const block = this.#begin(step)
    try {
      body()
      this.#end(block)
    } catch (thrown) {
      this.#fail(block, thrown)
      throw thrown
    }
  }

  /** A remark of the driver, or about a node. */
  remark(node: string | null, text: string): void {
    this.#tell({ type: 'remarked', node, text: plainText(text) })
  }

  /** The script's own words about a node; may hold several lines. */
  note(node: string, text: string): void {
    if (this.#isOver) return
    for (const line of plainText(text).split('\n')) this.#tell({ type: 'noted', node, line })
  }

  /** A QEMU is about to be started for the node. */
  qemuStarting(node: string): void {
    this.#tell({ type: 'qemuStarting', node })
  }

  /** QEMU runs and has opened its devices. */
  qemuStarted(node: string, pid: number | undefined): void {
    this.#tell({ type: 'qemuStarted', node, pid })
  }

  /** The guest's shell has answered. @param seconds since somebody began to wait for it */
  guestBooted(node: string, seconds: number): void {
    this.#tell({ type: 'guestBooted', node, seconds })
  }

  /** A constraint was put on a link, and read back. @param words such as `delay 30ms` */
  linkConstrained(node: string, card: string, words: string): void {
    this.#tell({ type: 'linkConstrained', node, interface: card, words: plainText(words) })
  }

  /** The script cuts the power. */
  crashForced(node: string): void {
    this.#tell({ type: 'crashForced', node })
  }

  /** One line of a node's console, as the guest wrote it, without its line end. */
  console(node: string, line: string): void {
    this.#tell({ type: 'consoleSpoke', node, line })
  }

  /** What the test script prints; may hold several lines. */
  print(text: string): void {
    if (this.#isOver) return
    for (const line of plainText(text).split('\n')) this.#tell({ type: 'printed', line })
  }

  /** The script is about to begin. */
  symbolsExposed(symbols: { nodes: string[]; vlans: number[]; tools: readonly string[] }): void {
    this.#tell({ type: 'symbolsExposed', ...symbols })
  }

  /** The surroundings of the test cannot be made. @param message one line */
  stageFailed(message: string): void {
    this.#tell({ type: 'stageFailed', message: plainText(message).replaceAll('\n', ' ') })
  }

  scriptFinished(seconds: number): void {
    this.#isOver = true
    this.#tell({ type: 'scriptFinished', seconds })
  }

  /** Called before the clean-up. */
  scriptFailed(failure: ScriptError): void {
    this.#isOver = true
    this.#tell({ type: 'scriptFailed', failure })
  }

  /** The script still runs, and nobody waits for it any more. */
  timeoutReached(): void {
    this.#isOver = true
    this.#tell({ type: 'timeoutReached' })
  }

  /** All is cleaned up. Resolves when everything that was recorded has been delivered. */
  async end(failure: ScriptError | null): Promise<void> {
    this.#tell({ type: 'testEnded', failure })
    await this.#events?.drained()
  }

  #begin(step: Step): Block {
    const isScripts = step.type === 'assertion' || step.type === 'subtest'
    if (isScripts) this.checkOpen()
    const block = {
      step: sanitised(step),
      parent: this.#current.getStore() ?? null,
      start: performance.now(),
    }
    this.#tell({ type: 'blockBegan', block })
    if (isScripts) this.#running.set(block, { block, begun: new Error('begun here') })
    return block
  }

  #end(block: Block): void {
    if (this.#leave(block)) this.#tell({ type: 'blockEnded', block, seconds: secondsSince(block.start) })
  }

  #fail(block: Block, thrown: unknown): void {
    const begun = this.#running.get(block)?.begun
    if (begun && isObject(thrown) && !this.#origins.has(thrown)) this.#origins.set(thrown, begun)
    if (!this.#leave(block)) return
    this.#tell({
      type: 'blockFailed',
      block,
      seconds: secondsSince(block.start),
      failure: failureOf(thrown),
    })
  }

  /** @returns false for what a script left running: it says nothing any more about a test that has ended */
  #leave(block: Block): boolean {
    const isScripts = this.#running.delete(block)
    return !isScripts || !this.#isOver
  }

  #tell(fact: Fact): void {
    const line = this.#log.nextLine
    this.#log.take(fact)
    this.#events?.take(fact, line, this.#log.nextLine - 1)
  }
}

function isObject(thrown: unknown): thrown is object {
  return typeof thrown === 'object' && thrown !== null
}

function sanitised(step: Step): Step {
  switch (step.type) {
    case 'script':
      return step
    case 'subtest':
      return { ...step, name: plainText(step.name) }
    case 'work':
    case 'assertion':
      return { ...step, text: plainText(step.text) }
  }
}
