import { performance } from 'node:perf_hooks'
import type { AssertionKind } from '../../model/assertion.ts'
import { secondsSince } from '../elapsed.ts'
import { RequestedAssertionFailed } from '../errors.ts'
import type { Machine } from '../machine/machine.ts'
import type { TestRecorder } from '../record/test-recorder.ts'
import type { TestConfig } from '../test-config.ts'
import { type CommandOutcome, GuestShell } from './guest-shell.ts'
import { secondsOf, splitCommands, type TimeLimit } from './limits.ts'
import { type Provider, watchProvider } from './providers.ts'
import { retry, type Sight, timedOut } from './retry.ts'
import { Units } from './units.ts'

/** What a node's methods work with. */
export interface NodeSetup {
  machine: Machine
  config: TestConfig
  /** Folder that becomes the test's output. */
  outputFolder: string
  log: TestRecorder
}

/** What can be demanded of one node: each demand is recorded, and fails by throwing. */
export class Demands {
  readonly shell: GuestShell
  readonly units: Units
  readonly #node: string
  readonly #log: TestRecorder
  readonly #factor: number

  constructor(node: string, { machine, config, log }: NodeSetup) {
    this.shell = new GuestShell(machine)
    this.units = new Units(this.shell, config.timeoutFactor)
    this.#node = node
    this.#log = log
    this.#factor = config.timeoutFactor
  }

  /** Seconds that something may take here. */
  seconds(limit: TimeLimit): number {
    return secondsOf(limit, this.#factor)
  }

  /** Records the demand. `body` does what it takes, and throws when it does not hold. */
  make<T>(kind: AssertionKind, text: string, body: () => Promise<T>): Promise<T> {
    return this.#log.step({ type: 'assertion', node: this.#node, kind, text }, body)
  }

  /** As `make`, for what needs the node and no shell: starts it, but for one that has died. */
  ofLiving<T>(kind: AssertionKind, text: string, body: () => Promise<T>): Promise<T> {
    return this.make(kind, text, async () => {
      this.shell.checkAlive()
      await this.shell.start()
      return body()
    })
  }

  /** Each command must succeed, or each must fail. @returns their outputs, joined */
  async ofCommands(kind: 'succeed' | 'fail', parts: (string | TimeLimit)[]): Promise<string> {
    const { commands, limit } = splitCommands(parts)
    const seconds = this.seconds(limit)
    let joined = ''
    for (const command of commands) {
      joined += await this.make(kind, command, async () => {
        const start = performance.now()
        const outcome = await this.shell.run(command, seconds)
        if (outcome.isTimedOut) throw endedByLimit(secondsSince(start), seconds, outcome)
        if ((outcome.status === 0) === (kind === 'succeed')) return outcome.output
        throw refusal(command, outcome)
      })
    }
    return joined
  }

  /** Tries until something is there. @param attempt gets the seconds that are left */
  until(
    demand: { kind: AssertionKind; text: string },
    limit: TimeLimit,
    attempt: (secondsLeft: number) => Promise<Sight>,
  ): Promise<Sight> {
    return this.make(demand.kind, demand.text, () => retry(attempt, this.seconds(limit)))
  }

  /** Tries until a command succeeds, or what it waits for cannot come any more. @returns its output */
  async untilSuccess(
    demand: { kind: AssertionKind; text: string; command: string },
    options: TimeLimit & Provider,
  ): Promise<string> {
    const means = { shell: this.shell, units: this.units, factor: this.#factor }
    const demandProvider = watchProvider(options, means)
    const { output } = await this.until(demand, options, async (left) => {
      const sight = await this.shell.look(demand.command, left)
      if (!sight.isThere) await demandProvider()
      return sight
    })
    return output
  }

  /** The node must be off in time. @param body resolves when it is */
  untilOff(body: () => Promise<void>, limit: TimeLimit): Promise<void> {
    const seconds = this.seconds(limit)
    return this.make('wait_for_shutdown', '', async () => {
      let timer: NodeJS.Timeout | undefined
      const saw = { saw: 'the VM is still on', output: '' }
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(timedOut(seconds, seconds, saw)), seconds * 1000)
      })
      await Promise.race([body(), late]).finally(() => clearTimeout(timer))
    })
  }
}

function endedByLimit(seconds: number, limit: number, { output }: CommandOutcome): RequestedAssertionFailed {
  return timedOut(seconds, limit, { saw: 'the command was ended', output })
}

/** The NixOS driver's words. */
function refusal(command: string, { status, output }: CommandOutcome): RequestedAssertionFailed {
  if (status === 0)
    return new RequestedAssertionFailed(`command \`${command}\` unexpectedly succeeded`, output)
  return new RequestedAssertionFailed(`command \`${command}\` failed (exit code ${status})`, output)
}
