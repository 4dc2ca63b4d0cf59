import { closeSync, openSync, writeSync } from 'node:fs'

/** What becomes of what cannot be written. */
export interface GrowingFileOptions {
  /** Keeps what could not be written and tries again with the next piece; else it is lost. */
  keepUnwritten: boolean
  /** Called for every failed attempt to write; must not throw. */
  onFailure(error: unknown, path: string): void
}

/**
 * A file that only grows, for writing that must not end a run. It is synchronous: what was written stays in the
 * order of what happened, survives the end of the process whatever ends it, and a slow disk slows the reading
 * of the log down instead of filling memory.
 */
export class GrowingFile {
  readonly #path: string
  readonly #options: GrowingFileOptions
  #descriptor: number | null = null
  #unwritten: Uint8Array[] = []
  #lost = false

  constructor(path: string, options: GrowingFileOptions) {
    this.#path = path
    this.#options = options
  }

  /** Everything that was handed over stands in the file. */
  get complete(): boolean {
    return !this.#lost && this.#unwritten.length === 0
  }

  append(bytes: Uint8Array): void {
    this.#unwritten.push(bytes)
    this.#write()
  }

  close(): void {
    if (this.#unwritten.length > 0) this.#write()
    const descriptor = this.#descriptor
    this.#descriptor = null
    try {
      if (descriptor !== null) closeSync(descriptor)
    } catch (error) {
      // Network file systems tell of a full disk only now.
      this.#options.onFailure(error, this.#path)
      this.#lost = true
    }
  }

  #write(): void {
    try {
      this.#descriptor ??= openSync(this.#path, 'a')
      for (let next = this.#unwritten[0]; next; next = this.#unwritten[0]) {
        const written = writeSync(this.#descriptor, next)
        // A disk that becomes full takes a part.
        if (written < next.length) this.#unwritten[0] = next.subarray(written)
        else this.#unwritten.shift()
      }
    } catch (error) {
      this.#options.onFailure(error, this.#path)
      if (this.#options.keepUnwritten) return
      this.#unwritten = []
      this.#lost = true
    }
  }
}
