import { RequestedAssertionFailed } from '../errors.ts'
import { type Channel, TooMuchError } from './channel.ts'
import { type CommandResult, type Shell, type ShellCommand, timedOutStatus } from './shell.ts'
import { endLine, fedCommand, primeText, type Token, workerCommand } from './shell-text.ts'

/** A command that listens to no signal is killed so long after its time is over. */
const graceMs = 2000
/** Room for one answer; what a command prints beyond is a mistake, and must not fill memory. */
const longestAnswer = 256 * 1024 * 1024

/** Where a worker is reached. */
export interface WorkerSetup {
  /** The worker's port. */
  commands: Channel
  /** The control shell, which ends commands of the worker. */
  control: Channel
  token: Token
}

/** The shell on the worker's port: bytes as they are, no limit to a command's length, no program per command. */
export class WorkerShell implements Shell {
  readonly #setup: WorkerSetup
  /** null: it is fresh, and knows nothing of the protocol. */
  #dialect: 'bash' | 'sh' | null = null

  constructor(setup: WorkerSetup) {
    this.#setup = setup
  }

  async execute({ command, timeoutSeconds, input }: ShellCommand): Promise<CommandResult> {
    const { commands, token } = this.#setup
    // A process that a command left behind may have killed the worker since.
    if (commands.unread.includes(`${token} ended`)) this.#dialect = null
    this.#dialect ??= await this.prime()
    if (input === null) await commands.send(workerCommand(command, this.#dialect))
    else await this.#feed(command, input)
    return this.#answer(timeoutSeconds)
  }

  /** Teaches a fresh worker the protocol. @returns what it is */
  async prime(): Promise<'bash' | 'sh'> {
    const { commands, token } = this.#setup
    commands.forget()
    await commands.send(primeText(token))
    const { match } = await commands.receive(new RegExp(`${token} primed (bash|sh)\\n$`), longestAnswer)
    this.#dialect = match[1] === 'bash' ? 'bash' : 'sh'
    return this.#dialect
  }

  async #feed(command: string, input: Uint8Array): Promise<void> {
    const { commands, token } = this.#setup
    await commands.send(fedCommand(command, input.length))
    // A shell that reads ahead must not take the input for commands.
    await commands.receive(new RegExp(`${token} feed\\n$`), longestAnswer)
    await commands.send(input)
  }

  async #answer(timeoutSeconds: number | null): Promise<CommandResult> {
    const limit = this.#startLimit(timeoutSeconds)
    try {
      const { before, match } = await this.#setup.commands.receive(this.#end, longestAnswer)
      // It killed the shell that was waiting for it: what that shell ended with is the answer.
      if (match[1] !== undefined) this.#dialect = null
      return { status: limit.isOver() ? timedOutStatus : Number(match[2]), output: before }
    } catch (error) {
      if (!(error instanceof TooMuchError)) throw error
      await this.#stopFlood()
      throw new RequestedAssertionFailed(`the command printed more than ${longestAnswer / 2 ** 20} MiB`)
    } finally {
      limit.cancel()
    }
  }

  /** Behind every answer: `TOKEN 0`, or `TOKEN ended 143` from the supervisor. */
  get #end(): RegExp {
    return new RegExp(`${this.#setup.token} (ended )?(\\d+)\\n$`)
  }

  async #stopFlood(): Promise<void> {
    await this.#signal('KILL')
    for (;;) {
      try {
        return void (await this.#setup.commands.receive(this.#end, longestAnswer))
      } catch (error) {
        if (!(error instanceof TooMuchError)) throw error
      }
    }
  }

  #startLimit(seconds: number | null): { isOver(): boolean; cancel(): void } {
    let isOver = false
    if (seconds === null) return { isOver: () => isOver, cancel: () => undefined }
    let timer = setTimeout(() => {
      isOver = true
      void this.#signal('TERM')
      timer = setTimeout(() => void this.#signal('KILL'), graceMs)
    }, seconds * 1000)
    return { isOver: () => isOver, cancel: () => clearTimeout(timer) }
  }

  /** A node that has gone meanwhile is told by the command's own wait. */
  async #signal(signal: 'TERM' | 'KILL'): Promise<void> {
    await this.#setup.control.send(endLine(signal)).catch(() => undefined)
  }
}
