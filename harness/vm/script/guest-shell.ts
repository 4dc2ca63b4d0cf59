import { performance } from 'node:perf_hooks'
import { secondsSince } from '../elapsed.ts'
import { BrokenPipeError, RequestedAssertionFailed } from '../errors.ts'
import type { Machine } from '../machine/machine.ts'
import type { Sight } from './retry.ts'

/** What a command in the guest came to, its output as text. */
export interface CommandOutcome {
  /** Exit status, 0 to 255. */
  status: number
  output: string
  /** It was ended because its time was over. */
  isTimedOut: boolean
}

/** A guest whose own clock has not ended a command this long behind the limit hangs. Boot time is within it. */
const graceSeconds = 300
/** Of a command that the guest has ended, as of `timeout` (coreutils). */
const timeoutStatus = 124

/**
 * Commands in a guest, each within a limit that holds even when the guest hangs. A node that was never started, or
 * switched off by the script, is started; one that died is not, so that no death stays unnoticed.
 */
export class GuestShell {
  readonly #machine: Machine
  #mustRun = false

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** Starts the node. */
  async start(): Promise<void> {
    await this.#machine.start()
    this.#mustRun = true
  }

  /** The script wants it to be off. */
  mayBeOff(): void {
    this.#mustRun = false
  }

  /** @throws BrokenPipeError when it has died */
  checkAlive(): void {
    if (this.#mustRun && !this.#machine.running) throw new BrokenPipeError(this.#machine.whyDead)
  }

  /**
   * @throws BrokenPipeError when the node dies, MachineError when it does not start,
   *   RequestedAssertionFailed when the guest does not answer
   */
  async run(command: string, timeoutSeconds: number): Promise<CommandOutcome> {
    const { status, output, isTimedOut } = await this.runForBytes(command, timeoutSeconds)
    return { status, output: output.toString('utf8'), isTimedOut }
  }

  /** As `run`, with the output as the command wrote it. @param input its standard input; null: empty */
  async runForBytes(command: string, timeoutSeconds: number, input: Uint8Array | null = null) {
    const start = performance.now()
    this.checkAlive()
    await this.start()
    // The guest counts whole seconds.
    const answer = this.#machine.execute(command, Math.max(1, Math.ceil(timeoutSeconds)), input)
    const { status, output } = await withinHost(answer, timeoutSeconds + graceSeconds)
    const isTimedOut = status === timeoutStatus && secondsSince(start) >= timeoutSeconds
    return { status, output, isTimedOut }
  }

  /** One try of a wait: is there when the command exits with 0. */
  async look(command: string, secondsLeft: number): Promise<Sight> {
    const { status, output, isTimedOut } = await this.run(command, secondsLeft)
    const how = isTimedOut ? 'was still running' : `exited with code ${status}`
    return { isThere: status === 0, saw: `the last try ${how}${quoteLastLine(output)}`, output }
  }
}

async function withinHost<T>(answer: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    const fail = () =>
      reject(new RequestedAssertionFailed(`the guest has not answered for ${seconds.toFixed(0)} seconds`))
    timer = setTimeout(fail, seconds * 1000)
  })
  try {
    return await Promise.race([answer, silence])
  } finally {
    clearTimeout(timer)
  }
}

const longestQuote = 200

/** @returns ` and printed "…"`, or nothing for an output without words */
function quoteLastLine(output: string): string {
  const line = output.trimEnd().split('\n').at(-1)?.trim() ?? ''
  if (line === '') return ''
  return ` and printed ${JSON.stringify(line.length > longestQuote ? `${line.slice(0, longestQuote)}…` : line)}`
}
