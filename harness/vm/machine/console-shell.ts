import { RequestedAssertionFailed } from '../errors.ts'
import { type Channel, TooMuchError } from './channel.ts'
import type { CommandResult, Shell, ShellCommand } from './shell.ts'
import { consoleCommand, type Token } from './shell-text.ts'

/** Room for one answer, in base64. */
const longestAnswer = 350 * 1024 * 1024

/**
 * The greeting shell itself, used as the NixOS driver does it: for guests that have no worker. QEMU drops what a
 * guest writes to a console whose reader is slow, so an answer may come damaged; that is told, not guessed at.
 */
export class ConsoleShell implements Shell {
  readonly #channel: Channel
  readonly #token: Token

  constructor(channel: Channel, token: Token) {
    this.#channel = channel
    this.#token = token
  }

  async execute({ command, timeoutSeconds, input }: ShellCommand): Promise<CommandResult> {
    const script = input === null ? command : withInput(command, input)
    await this.#channel.send(consoleCommand(script, timeoutSeconds, this.#token))
    try {
      const { before } = await this.#channel.receive(/\r?\n/, longestAnswer)
      return parseConsoleAnswer(before.toString('latin1'), this.#token)
    } catch (error) {
      if (!(error instanceof TooMuchError)) throw error
      throw new RequestedAssertionFailed('the command printed more than 256 MiB')
    }
  }
}

function withInput(command: string, input: Uint8Array): string {
  return `echo ${Buffer.from(input).toString('base64')} | base64 -d | {\n${command}\n}`
}

/** @throws when the line is no answer to a command line with this token, whole and unharmed */
export function parseConsoleAnswer(line: string, token: Token): CommandResult {
  const bytes = Buffer.from(line, 'base64')
  const end = bytes.lastIndexOf(token)
  const status = end < 0 ? '' : bytes.toString('latin1', end + token.length)
  if (line.length % 4 === 0 && /^\d+$/.test(status))
    return { status: Number(status), output: bytes.subarray(0, end) }
  throw new Error(`the guest's shell answered with something else: ${line.slice(0, 200)}`)
}
