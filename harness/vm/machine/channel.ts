import type { Socket } from 'node:net'
import { BrokenPipeError } from '../errors.ts'
import { type Inlet, openInlet } from './inlet.ts'

/** How far back a pattern may begin before the bytes that complete it. */
const overlap = 512
/** Bytes kept while nobody reads. */
const keptIdle = 64 * 1024

/** What came up to a match, and the match. */
export interface Received {
  /** Everything before the match. */
  before: Buffer
  match: RegExpExecArray
}

interface Reader {
  pattern: RegExp
  /** More bytes than this end the wait. */
  limit: number
  resolve(received: Received): void
  reject(error: Error): void
}

/** The guest said more than the reader was willing to keep. */
export class TooMuchError extends Error {
  override readonly name = 'TooMuchError'
}

/** Bytes to and from a guest, over one of QEMU's character devices. One reader at a time. */
export class Channel {
  readonly #inlet: Inlet
  #chunks: Buffer[] = []
  #size = 0
  /** The end of the bytes that were searched already, as latin1. */
  #searched = ''
  #reader: Reader | null = null
  #closed = false

  private constructor(inlet: Inlet) {
    this.#inlet = inlet
    void inlet.connected.then((socket) => this.#attend(socket))
  }

  /** Waits for QEMU on a Unix socket. @param path must not exist */
  static async listen(path: string): Promise<Channel> {
    return new Channel(await openInlet(path))
  }

  /** Resolves when QEMU has opened the device, long before anybody answers on it. */
  async connected(): Promise<void> {
    await this.#inlet.connected
  }

  /** @throws BrokenPipeError when the node has gone */
  async send(bytes: string | Uint8Array): Promise<void> {
    const socket = await this.#inlet.connected
    if (this.#closed) throw new BrokenPipeError()
    socket.write(bytes)
  }

  /**
   * Everything up to and with the first bytes that match; what came before the call counts, too.
   *
   * @param pattern is matched against bytes as latin1 and must fit into 512 of them
   * @throws BrokenPipeError when the node goes first, TooMuchError when nothing matched in `limit` bytes
   */
  receive(pattern: RegExp, limit: number): Promise<Received> {
    return new Promise((resolve, reject) => {
      this.#reader = { pattern, limit, resolve, reject }
      const chunks = this.#chunks
      this.forget()
      for (const chunk of chunks) this.#push(chunk)
      if (this.#closed) this.#breakDown()
    })
  }

  /** What has come and was not asked for, its end at least, as latin1. */
  get unread(): string {
    return Buffer.concat(this.#chunks).toString('latin1')
  }

  /** What has come so far is of no interest. */
  forget(): void {
    this.#chunks = []
    this.#size = 0
    this.#searched = ''
  }

  close(): void {
    this.#inlet.close()
    this.#breakDown()
  }

  #attend(socket: Socket): void {
    socket.on('data', (bytes) => this.#push(bytes))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#breakDown())
  }

  #push(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#size += bytes.length
    if (this.#reader) this.#search(this.#reader, bytes)
    else while (this.#size - (this.#chunks[0]?.length ?? 0) > keptIdle) this.#dropFirst()
  }

  #search(reader: Reader, bytes: Buffer): void {
    const text = this.#searched + bytes.toString('latin1')
    const match = reader.pattern.exec(text)
    this.#searched = text.slice(-overlap)
    if (!match && this.#size <= reader.limit) return
    this.#reader = null
    if (match) reader.resolve(this.#cut(text, match))
    else reader.reject(new TooMuchError(`more than ${reader.limit} bytes`))
  }

  /** @param text the end of what has come */
  #cut(text: string, match: RegExpExecArray): Received {
    const all = Buffer.concat(this.#chunks)
    const start = all.length - text.length + match.index
    this.forget()
    const after = all.subarray(start + match[0].length)
    if (after.length > 0) this.#push(after)
    return { before: all.subarray(0, start), match }
  }

  #dropFirst(): void {
    this.#size -= this.#chunks.shift()?.length ?? 0
  }

  #breakDown(): void {
    this.#closed = true
    this.#reader?.reject(new BrokenPipeError())
    this.#reader = null
  }
}
