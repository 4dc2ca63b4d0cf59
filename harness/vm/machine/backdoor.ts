import { randomBytes } from 'node:crypto'
import { BrokenPipeError } from '../errors.ts'
import { Channel, TooMuchError } from './channel.ts'
import { ConsoleShell } from './console-shell.ts'
import type { CommandResult, Shell, ShellCommand } from './shell.ts'
import { greeting, launchText } from './shell-text.ts'
import { WorkerShell } from './worker-shell.ts'

export { shellWord as quote } from '../../model/shell-word.ts'

/** A guest that says so much on its backdoor and no greeting has no shell there. */
const longestGreeting = 1024 * 1024

/** Unix sockets that QEMU connects to. */
export interface BackdoorSockets {
  /** Where the guest's backdoor service greets. */
  shell: string
  /** The port for commands and their output. */
  worker: string
}

/** The root shell of a guest, as NixOS's backdoor service offers it. */
export class Backdoor {
  readonly #greeter: Channel
  readonly #commands: Channel
  #shell: Shell | null = null
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(greeter: Channel, commands: Channel) {
    this.#greeter = greeter
    this.#commands = commands
  }

  /** Waits for QEMU. @param sockets must not exist */
  static async listen(sockets: BackdoorSockets): Promise<Backdoor> {
    return new Backdoor(await Channel.listen(sockets.shell), await Channel.listen(sockets.worker))
  }

  /** Resolves when QEMU has opened its devices, long before a shell answers. */
  async connected(): Promise<void> {
    await Promise.all([this.#greeter.connected(), this.#commands.connected()])
  }

  /** Waits for the guest's shell. @returns the lines up to its greeting. @throws BrokenPipeError when the node dies first */
  async greeted(): Promise<string[]> {
    const { before, match } = await this.#greeter.receive(greeting, longestGreeting).catch((error) => {
      if (error instanceof TooMuchError) throw new Error('the guest floods its backdoor instead of greeting')
      throw error
    })
    return `${before.toString('latin1')}${match[0]}`.replaceAll('\r', '').trimEnd().split('\n')
  }

  /** Makes the shell that has greeted take commands. */
  async launch(): Promise<void> {
    const token = randomBytes(12).toString('hex')
    await this.#greeter.send(launchText(token))
    const { match } = await this.#greeter.receive(
      new RegExp(`${token} (launched|alone)\\r?\\n`),
      longestGreeting,
    )
    if (match[1] === 'alone') {
      this.#shell = new ConsoleShell(this.#greeter, token)
      return
    }
    const worker = new WorkerShell({ commands: this.#commands, control: this.#greeter, token })
    await worker.prime()
    this.#shell = worker
  }

  /** Runs a command; calls wait for their turn. @throws BrokenPipeError when the node dies before the answer */
  execute(command: ShellCommand): Promise<CommandResult> {
    const result = this.#turn.then(() => {
      if (!this.#shell) throw new BrokenPipeError()
      if (command.command.includes('\0')) throw new Error('a command of a shell cannot hold a NUL')
      return this.#shell.execute(command)
    })
    this.#turn = result.catch(() => undefined)
    return result
  }

  /** The guest has rebooted: what its former shell said is nobody's answer, and another will greet. */
  forget(): void {
    this.#shell = null
    this.#greeter.forget()
    this.#commands.forget()
  }

  close(): void {
    this.#greeter.close()
    this.#commands.close()
  }
}
