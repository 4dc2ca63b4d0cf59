import { randomBytes } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { BrokenPipeError } from '../errors.ts'

/** What a command in the guest came to. */
export interface CommandResult {
  /** Exit status of the command in the guest, 0 to 255. */
  status: number
  /** Its standard output, byte by byte. */
  output: Buffer
}

/**
 * Commands run in bash where the guest has it, as under NixOS's driver: dash, the `sh` of Debian, knows no
 * pipefail. busybox's does.
 */
export const chooseShell = 'VMPROOF_SHELL=$(command -v bash || echo sh)'

/** What the guest's backdoor service says when its shell is there. */
const greeting = 'Spawning backdoor root shell...'

/**
 * The root shell of a guest, as NixOS's backdoor service offers it: lines in, lines out, no prompt, no echo. Each
 * command's output comes back in base64, so that any byte passes through a terminal device and a line end ends
 * the answer; its exit status stands behind the output, after a token that the output cannot know.
 */
export class Backdoor {
  readonly #server: Server
  readonly #token = randomBytes(8).toString('hex')
  readonly #connected: Promise<Socket>
  #received: Buffer[] = []
  #lines: string[] = []
  #waiting: { resolve(line: string): void; reject(error: Error): void } | null = null
  #closed = false
  #turn: Promise<unknown> = Promise.resolve()

  private constructor() {
    this.#server = createServer()
    this.#server.maxConnections = 1
    this.#connected = new Promise((resolve) => {
      this.#server.once('connection', (socket) => {
        this.#attend(socket)
        resolve(socket)
      })
    })
  }

  /** Waits for QEMU on a Unix socket. @param path must not exist */
  static async listen(path: string): Promise<Backdoor> {
    const backdoor = new Backdoor()
    await new Promise<void>((resolve, reject) => {
      backdoor.#server.once('error', reject)
      backdoor.#server.listen(path, resolve)
    })
    return backdoor
  }

  /** Resolves when QEMU has opened the console device, long before a shell answers on it. */
  async connected(): Promise<void> {
    await this.#connected
  }

  /** @returns the lines up to the greeting of the shell. @throws BrokenPipeError when the node dies first */
  async greeted(): Promise<string[]> {
    const said: string[] = []
    while (!said.at(-1)?.includes(greeting)) said.push(await this.#nextLine())
    await this.send(chooseShell)
    return said
  }

  /** Runs a command; calls wait for their turn. @throws BrokenPipeError when the node dies before the answer */
  execute(command: string, timeoutSeconds: number | null): Promise<CommandResult> {
    const result = this.#turn.then(async () => {
      await this.send(commandLine(command, timeoutSeconds, this.#token))
      return parseAnswer(await this.#nextLine(), this.#token)
    })
    this.#turn = result.catch(() => undefined)
    return result
  }

  /** The guest has rebooted: what its former shell said is nobody's answer. */
  forget(): void {
    this.#received = []
    this.#lines = []
  }

  close(): void {
    this.#server.close()
    this.#breakDown()
  }

  #attend(socket: Socket): void {
    socket.on('data', (bytes) => this.#receive(bytes))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#breakDown())
  }

  #receive(bytes: Buffer): void {
    let rest = bytes
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      this.#received.push(rest.subarray(0, end))
      this.#deliver(Buffer.concat(this.#received).toString('latin1').replace(/\r$/, ''))
      this.#received = []
      rest = rest.subarray(end + 1)
    }
    if (rest.length > 0) this.#received.push(rest)
  }

  #deliver(line: string): void {
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting) waiting.resolve(line)
    else this.#lines.push(line)
  }

  #nextLine(): Promise<string> {
    const line = this.#lines.shift()
    if (line !== undefined) return Promise.resolve(line)
    if (this.#closed) return Promise.reject(new BrokenPipeError())
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  /** Sends a line. @throws BrokenPipeError when the node has gone */
  async send(line: string): Promise<void> {
    const socket = await this.#connected
    if (this.#closed) throw new BrokenPipeError()
    socket.write(`${line}\n`)
  }

  #breakDown(): void {
    this.#closed = true
    this.#waiting?.reject(new BrokenPipeError())
    this.#waiting = null
    void this.#connected.then((socket) => socket.destroy())
  }
}

/**
 * One line for any POSIX shell that has heard `chooseShell`: standard input empty, standard error left to the
 * console. The status comes behind the output inside the same base64, so neither bash's PIPESTATUS nor a second
 * question is needed.
 */
export function commandLine(command: string, timeoutSeconds: number | null, token: string): string {
  const limit = timeoutSeconds === null ? '' : `timeout ${timeoutSeconds} `
  const script = quote(`set -euo pipefail; ${command}`)
  return `( ${limit}$VMPROOF_SHELL -c ${script} </dev/null; printf '${token}%d' $? ) | base64 -w 0; echo`
}

/** @throws when the line is no answer to a command line with this token */
export function parseAnswer(line: string, token: string): CommandResult {
  const bytes = Buffer.from(line, 'base64')
  const end = bytes.lastIndexOf(token)
  const status = end < 0 ? Number.NaN : Number(bytes.toString('latin1', end + token.length))
  if (!Number.isInteger(status))
    throw new Error(`the guest's shell answered with something else: ${line.slice(0, 200)}`)
  return { status, output: bytes.subarray(0, end) }
}

/** @returns the text as one word of a POSIX shell */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
