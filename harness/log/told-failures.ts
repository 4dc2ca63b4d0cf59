import type { AssertionOutcome } from '../model/outcome.ts'
import type { Entry, Ledger } from './ledger.ts'

/** A block that failed, as its driver told it on the spot. Texts are clean. */
export interface ToldFailure {
  entry: Entry
  message: string
  output: string | null
  seconds: number | null
  /** Line in which it was told. */
  line: number
}

/**
 * The failed blocks of a driver that tells each of them, as ours does: nothing has to be guessed from what follows,
 * but whether the script caught the error.
 */
export class ToldFailures {
  /** In the order in which they failed, so the innermost first. */
  readonly all: ToldFailure[] = []
  readonly #ledger: Ledger
  #settled = 0

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  add(failure: ToldFailure): void {
    this.all.push(failure)
  }

  /** The script does something new, so whatever failed before was caught, as far as can be said now. */
  scriptWentOn(): void {
    for (const failure of this.all.slice(this.#settled)) this.#close(failure, 'failed', true)
    this.#settled = this.all.length
  }

  /** The script is over. @param causes what the error that ended it had left on its way out */
  settle(causes: ToldFailure[], outcome: 'failed' | 'errored'): void {
    this.scriptWentOn()
    for (const failure of causes) this.#close(failure, outcome, false)
  }

  /** What an error with these words left on its way out of the script, innermost first. */
  leftBy(message: string): ToldFailure[] {
    let at = this.all.findLastIndex((failure) => failure.message === message)
    const left = this.all.slice(at, at + 1)
    for (at--; at >= 0; at--) {
      const inner = this.all[at] as ToldFailure
      if (inner.message !== message || inner.entry.subtest !== left[0]?.entry) break
      left.unshift(inner)
    }
    return left
  }

  #close({ entry, seconds, message, output }: ToldFailure, outcome: AssertionOutcome, caught: boolean): void {
    const told = message.trim() === '' ? null : message
    this.#ledger.end(entry, { outcome, caught, seconds, message: told, output })
  }
}
