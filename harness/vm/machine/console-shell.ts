import { performance } from 'node:perf_hooks'
import { secondsSince } from '../elapsed.ts'
import { RequestedAssertionFailed } from '../errors.ts'
import { type Channel, TooMuchError } from './channel.ts'
import { type CommandResult, type Shell, type ShellCommand, timedOutStatus } from './shell.ts'
import { consoleCommand, type Token } from './shell-text.ts'

/** Room for one answer, in base64. */
const longestAnswer = 350 * 1024 * 1024
/** What busybox's timeout(1) says, where others say 124. */
const endedByTimeout = 143

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
    const start = performance.now()
    try {
      const { before } = await this.#channel.receive(/\r?\n/, longestAnswer)
      const { status, output } = parseConsoleAnswer(before.toString('latin1'), this.#token)
      const isOver = timeoutSeconds !== null && secondsSince(start) >= timeoutSeconds
      return { status: isOver && status === endedByTimeout ? timedOutStatus : status, output }
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
  const [encoded = '', length] = line.split(' ')
  const lost = Number(length) - encoded.length
  if (lost > 0) throw new Error(`the guest's console lost ${lost} of ${length} bytes of an answer`)
  const bytes = Buffer.from(encoded, 'base64')
  const end = bytes.lastIndexOf(token)
  const start = end < token.length ? -1 : bytes.lastIndexOf(token, end - token.length)
  const status = start < 0 ? '' : bytes.toString('latin1', start + token.length, end)
  if (lost === 0 && /^\d+$/.test(status)) {
    const output = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end + token.length)])
    return { status: Number(status), output }
  }
  throw new Error(`the guest's shell answered with something else: ${line.slice(0, 200)}`)
}
