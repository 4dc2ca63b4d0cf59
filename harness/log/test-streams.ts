import type { LogSink } from '../model/log-event.ts'
import type { LineRun } from './consoles.ts'
import { DriverLog } from './driver-log.ts'
import type { FindingScanner } from './symptoms.ts'
import { kept, withoutCodes } from './text.ts'
import type { EndHint } from './verdict.ts'

/** Asks for a receiver of the events of one more test. */
export type OnTest = (name: string | null) => LogSink

/** The driver's first words; nothing but a test's log begins like that. */
// Machine state will be reset. To keep it, pass --keep-vm-state
// start all VLans
const firstWords =
  /^(?:Machine state will be reset\. To keep it, pass --keep|start all VLans$|starting VDE switch)/
/** Words that only a driver says, for logs whose beginning is missing. */
const driverWords =
  /^(?:[\w.-]+: (?:must succeed: |must fail: |waiting for |starting vm$|\(finished: |output: )|[\w.-]+ # |\(finished: |subtest: |run the VM test script$|test script finished in |!!! |cleanup$)/

/**
 * The log of one derivation, or of an input without prefixes. It may hold no test at all, or several one after the
 * other.
 */
export class TestStream {
  /** Anything that only a driver says came. */
  isTest = false
  lines = 0
  #log: DriverLog | null = null
  #name: string | null
  /** Its name says that it is a test. */
  readonly #isExpected: boolean
  readonly #onTest: OnTest
  readonly #scanner: FindingScanner

  /** @param derivation null for an input without prefixes */
  constructor(derivation: string | null, onTest: OnTest, scanner: FindingScanner) {
    this.#name = derivation === null ? null : checkName(derivation)
    this.#isExpected = derivation !== null && isTestDerivation(derivation)
    this.#onTest = onTest
    this.#scanner = scanner
  }

  /** Takes the lines from `start` on that are more of the console that spoke last. */
  consoleLines(text: string, start: number, run: LineRun): void {
    this.#log?.consoleLines(text, start, run)
  }

  /** For a log whose derivation is told elsewhere. */
  set name(name: string | null) {
    this.#name = name
  }

  get name(): string | null {
    return this.#name
  }

  line(text: string, start: number, end: number, number: number): void {
    this.lines++
    if (this.#log && !mayBegin(text, start)) this.#log.line(text, start, end, number)
    else this.#maybeFirst(text, start, end, number)
  }

  /** A line that may begin a test, or the log of one whose beginning is missing. */
  #maybeFirst(text: string, start: number, end: number, number: number): void {
    const words = withoutCodes(text.slice(start, Math.min(end, start + 200))).trimEnd()
    if (firstWords.test(words)) this.#begin(words)
    else if (!this.#log && !this.#mayLackItsBeginning(words, number)) return
    this.#log ??= this.#open()
    this.#log.line(text, start, end, number)
  }

  /** A package that is built may print anything; only a test's log is worth reading from its middle on. */
  #mayLackItsBeginning(words: string, number: number): boolean {
    return (this.#name === null || this.#isExpected) && (driverWords.test(words) || number === 1)
  }

  /** @param hint what others know of its end, where its own text does not tell */
  end(hint?: EndHint): void {
    const log = this.#log
    this.#log = null
    if (log?.hasStarted || (hint && this.#isExpected)) (log ?? this.#open()).end(hint)
  }

  // Only the first of these lines begins a test: `start all VLans` follows soon.
  #begin(words: string): void {
    if (this.#log?.hasStarted && (words.startsWith('Machine state') || !this.#log.isFresh)) this.end()
  }

  #open(): DriverLog {
    this.isTest = true
    return new DriverLog(lateSink(this.#name, this.#onTest), this.#scanner)
  }
}

/** `M`achine state, `s`tart all VLans, or that in colours: all else cannot begin a test. */
function mayBegin(text: string, start: number): boolean {
  const code = text.charCodeAt(start)
  if (code === 27) return text.charCodeAt(start + 2) === 49 && text.startsWith('start', start + 9)
  return (
    (code === 77 && text.startsWith('Machine state', start)) ||
    (code === 115 && text.startsWith('start', start))
  )
}

/** Asks for the receiver when the first event comes: what never says anything is no test. */
function lateSink(name: string | null, onTest: OnTest): LogSink {
  let sink: LogSink | null = null
  const open = () => {
    if (!sink) {
      sink = onTest(name)
      if (name !== null) sink.event({ type: 'testNamed', name })
    }
    return sink
  }
  return { event: (event) => open().event(event) }
}

// /nix/store/7d…-vm-test-run-k3s-network.drv
const storePath = /\/nix\/store\/[a-z0-9]{32}-([\w.+?=-]+)\.drv/

/** @returns the derivation's name in a store path, or null */
export function derivationIn(text: string): string | null {
  const match = storePath.exec(text)
  return match?.[1] ? kept(match[1]) : null
}

const testPrefix = 'vm-test-run-'

/** Whether a derivation is a NixOS test, by its name. */
export function isTestDerivation(derivation: string): boolean {
  return derivation.startsWith(testPrefix)
}

/** The check's name as its author gave it. */
export function checkName(derivation: string): string {
  return isTestDerivation(derivation) ? derivation.slice(testPrefix.length) : derivation
}
