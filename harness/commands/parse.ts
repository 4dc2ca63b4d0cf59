import { wordsFor } from '../filesystem/errors.ts'
import { chunksOf, type Packer, packerOf } from '../filesystem/log-input.ts'
import { createLogFileReader, type LogFileReader } from '../log/index.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { LogSink } from '../model/log-event.ts'
import type { CheckReport } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { emptyAttempt, foldLogEvent } from '../state/attempt-state.ts'
import { toCheckReport } from '../state/check-report.ts'
import { exitCodeOf } from '../state/exit-code.ts'
import type { ParseArguments } from './arguments.ts'
import { BrokenOutput, type CheckPrinter, createPrinter } from './parse-printer.ts'

/** Reads logs from anywhere and prints a report of every test in them, each as soon as its log is over. */
export async function parse(args: ParseArguments): Promise<ExitCode> {
  const sources = sourcesOf(args, process.argv)
  const printer = await createPrinter(args)
  const verdicts: CheckReport[] = []
  let unreadable = 0
  try {
    for (const source of sources) {
      const problem = await parseOne(source, async (check) => {
        if (args.exitCode) verdicts.push({ ...check, assertions: [] })
        await printer.check(check)
      })
      if (problem === null) continue
      unreadable++
      process.stderr.write(`vmproof: ${spoken(source)}: ${problem}\n`)
    }
    await printer.end()
  } catch (error) {
    // `vmproof parse ... | head` has seen enough.
    if (!(error instanceof BrokenOutput)) throw error
  }
  if (unreadable > 0) return exitCodes.usage
  return args.exitCode ? exitCodeOf(verdicts) : exitCodes.passed
}

/** Files as named, also behind `--`. yargs leaves `-` out of lists, so the order is taken from the command line. */
function sourcesOf({ files = [], _ }: ParseArguments, argv: string[]): string[] {
  const left = [...files, ..._.slice(1).map(String)]
  const found = argv.flatMap((word) => {
    if (word === '-') return ['-']
    return word === left[0] ? left.splice(0, 1) : []
  })
  const sources = [...found, ...left]
  if (sources.length > 0) return sources
  throw new UserError('which log is to be read?', ['vmproof parse FILE..., or - for standard input'])
}

function spoken(source: string): string {
  return source === '-' ? 'standard input' : source
}

/** @returns why the input could not be read, or null */
async function parseOne(source: string, print: CheckPrinter['check']): Promise<string | null> {
  const input = new Input(source, print)
  try {
    if (source === '-') for await (const bytes of process.stdin) await input.write(bytes)
    else for (const bytes of chunksOf(source)) if (input.take(bytes)) await input.drain()
    await input.end()
    return null
  } catch (error) {
    if (error instanceof BrokenOutput) throw error
    await input.drain()
    return error instanceof PackedInput ? error.message : `cannot be read: ${wordsFor(error)}`
  }
}

/** One input and the reports of the tests in it that are over. */
class Input {
  readonly #source: string
  readonly #print: CheckPrinter['check']
  readonly #reader: LogFileReader
  #done: CheckReport[] = []
  #first: Uint8Array = new Uint8Array()
  #printed = 0

  constructor(source: string, print: CheckPrinter['check']) {
    this.#source = source
    this.#print = print
    this.#reader = createLogFileReader(() => this.#newTest())
  }

  #newTest(): LogSink {
    const attempt = emptyAttempt()
    return {
      event: (event) => {
        foldLogEvent(attempt, event)
        if (event.type === 'logEnded') this.#done.push(toCheckReport(attempt, { source: this.#source }))
      },
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.take(bytes)) await this.drain()
  }

  /** Waiting for nothing would cost more than reading a chunk. @returns whether there is something to print */
  take(bytes: Uint8Array): boolean {
    if (this.#first.length === 0) this.#begin(bytes)
    this.#reader.write(bytes)
    return this.#done.length > 0
  }

  #begin(bytes: Uint8Array): void {
    this.#first = bytes.slice(0, 4096)
    const packer = packerOf(bytes)
    if (packer) throw new PackedInput(packer, this.#source)
  }

  async drain(): Promise<void> {
    const done = this.#done
    this.#done = []
    this.#printed += done.length
    for (const check of done) await this.#print(check)
  }

  async end(): Promise<void> {
    this.#reader.end()
    await this.drain()
    if (this.#printed === 0) await this.#print(this.#nothing())
  }

  #nothing(): CheckReport {
    const why = whyNothing(this.#first)
    process.stderr.write(`vmproof: ${spoken(this.#source)} ${why}\n`)
    return toCheckReport(emptyAttempt(), { source: this.#source, notes: [`the input ${why}`] })
  }
}

function whyNothing(first: Uint8Array): string {
  if (first.length === 0) return 'is empty'
  return first.includes(0) ? 'is no text' : 'holds no line of a NixOS test driver'
}

class PackedInput extends Error {
  constructor({ name, command }: Packer, source: string) {
    super(`compressed with ${name}; use \`${command} ${source} | vmproof parse -\``)
  }
}
