import type { Socket } from 'node:net'
import { type Inlet, openInlet } from './inlet.ts'

/** What QEMU tells unasked, such as `{event: 'SHUTDOWN', data: {guest: true, reason: 'guest-panic'}}`. */
export interface QmpEvent {
  event: string
  data: Record<string, unknown>
}

/** QEMU understood a command and refuses it. */
export class QmpError extends Error {
  override readonly name = 'QmpError'
}

/** The connection ended: QEMU has gone, or is about to go. */
export class QmpClosedError extends Error {
  override readonly name = 'QmpClosedError'
}

interface Pending {
  command: string
  resolve(value: unknown): void
  reject(error: Error): void
}

/** One line of QEMU's; which fields it has tells what it is. */
interface QmpLine {
  QMP?: unknown
  id?: number
  return?: unknown
  error?: { class: string; desc: string }
  event?: string
  data?: Record<string, unknown>
}

/**
 * QEMU's machine protocol: one JSON object in a line, commands and answers with an id, events in between
 * (qemu.org, "QEMU Machine Protocol Specification"). QEMU connects to our socket.
 */
export class QmpClient {
  readonly #inlet: Inlet
  readonly #ready: Promise<Socket>
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Set<(event: QmpEvent) => void>()
  #greeted: () => void = () => {}
  #refuse: (error: Error) => void = () => {}
  #rest = ''
  #lastId = 0
  #closed = false

  private constructor(inlet: Inlet) {
    this.#inlet = inlet
    const greeted = new Promise<void>((resolve, reject) => {
      this.#greeted = resolve
      this.#refuse = reject
    })
    void inlet.connected.then((socket) => this.#attend(socket))
    this.#ready = greeted.then(async () => {
      const socket = await inlet.connected
      // Until this command QEMU takes no other.
      await this.#ask(socket, 'qmp_capabilities', {})
      return socket
    })
    // Whoever asks learns of it; nobody has to.
    this.#ready.catch(() => undefined)
  }

  /** Waits for QEMU on a Unix socket. @param path must not exist */
  static async listen(path: string): Promise<QmpClient> {
    return new QmpClient(await openInlet(path))
  }

  /** Resolves when QEMU takes commands. @throws QmpClosedError when it went before */
  async ready(): Promise<void> {
    await this.#ready
  }

  /**
   * @param command such as `query-status`. @returns what QEMU answers
   * @throws QmpError when it refuses, QmpClosedError when it has gone
   */
  async execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.#ask(await this.#ready, command, args)
  }

  /** Calls `listener` for every event from now on. @returns a function that ends it */
  listen(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#inlet.close()
    this.#breakDown()
  }

  #ask(socket: Socket, command: string, args: Record<string, unknown>): Promise<unknown> {
    if (this.#closed) return Promise.reject(closedError(command))
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { command, resolve, reject })
      socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`)
    })
  }

  #attend(socket: Socket): void {
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) this.#receive(line)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#breakDown())
  }

  #receive(text: string): void {
    if (text.trim() === '') return
    const line = JSON.parse(text) as QmpLine
    if (line.QMP !== undefined) this.#greeted()
    else if (line.event !== undefined) this.#tell({ event: line.event, data: line.data ?? {} })
    else if (line.id !== undefined) this.#answer(line.id, line)
  }

  #tell(event: QmpEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }

  #answer(id: number, { return: value, error }: QmpLine): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (error) pending?.reject(new QmpError(`QEMU refuses ${pending.command}: ${error.desc}`))
    else pending?.resolve(value)
  }

  #breakDown(): void {
    this.#closed = true
    this.#refuse(new QmpClosedError('QEMU has closed its monitor before it took commands'))
    for (const { command, reject } of this.#pending.values()) reject(closedError(command))
    this.#pending.clear()
  }
}

function closedError(command: string): QmpClosedError {
  return new QmpClosedError(`QEMU has closed its monitor: ${command} was not answered`)
}
