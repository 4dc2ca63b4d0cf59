import type { Fact } from './fact.ts'
import { logText } from './grammar.ts'

/** Takes whole lines; `stdout` only what the test script prints. */
export interface LogOutput {
  stdout(text: string): void
  stderr(text: string): void
}

/** Writes the log of a test, each fact at once, and counts its lines. */
export class GrammarRecorder {
  /** 1-based line that the next fact begins in. */
  nextLine = 1
  readonly #output: LogOutput

  constructor(output: LogOutput) {
    this.#output = output
  }

  take(fact: Fact): void {
    const text = logText(fact)
    if (text === null) return
    this.nextLine += countLines(text)
    const isScripts = fact.type === 'printed' || fact.type === 'symbolsExposed'
    this.#output[isScripts ? 'stdout' : 'stderr'](`${text}\n`)
  }
}

function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
