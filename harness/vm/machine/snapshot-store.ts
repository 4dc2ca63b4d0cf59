import { createHash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeFolders } from '../../process/make-folders.ts'

/** Together they take no more room than this, and whoever was not used for so long goes first. */
const keptBytes = 4 * 2 ** 30
const keptMs = 30 * 24 * 3600 * 1000
/** A file that nobody finished for so long was left by a process that died. */
const abandonedMs = 120_000

const ending = '.snapshot'
const unfinished = '.part'

/**
 * Files of booted guests, named KEY-SHA256.snapshot. They appear complete or not at all, whoever else is at work in
 * the folder.
 */
export class SnapshotStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @returns the file for a key, or null; a damaged one is removed */
  async find(key: string): Promise<string | null> {
    const name = this.#nameOf(key)
    if (name === undefined) return null
    const path = join(this.#folder, name)
    if (`${key}-${await fileHash(path)}${ending}` !== name) {
      rmSync(path, { force: true })
      return null
    }
    this.#touch(path)
    return path
  }

  /**
   * Has a new file written, unless there is one or somebody else is at it.
   *
   * @param write fills the file at the path that it gets; what it throws leaves nothing behind
   */
  async add(key: string, write: (path: string) => Promise<void>): Promise<void> {
    makeFolders(this.#folder)
    const part = join(this.#folder, `${key}${unfinished}`)
    if (this.#nameOf(key) !== undefined || !this.#claim(part)) return
    try {
      await write(part)
      renameSync(part, join(this.#folder, `${key}-${await fileHash(part)}${ending}`))
    } finally {
      rmSync(part, { force: true })
    }
    this.#makeRoom()
  }

  /** QEMU would not take it. */
  discard(path: string): void {
    rmSync(path, { force: true })
  }

  #nameOf(key: string): string | undefined {
    return this.#names().find((name) => name.startsWith(`${key}-`) && name.endsWith(ending))
  }

  #claim(part: string): boolean {
    try {
      if (Date.now() - statSync(part).mtimeMs > abandonedMs) rmSync(part, { force: true })
    } catch {
      // Nobody is at it.
    }
    try {
      closeSync(openSync(part, 'wx', 0o600))
      return true
    } catch {
      return false
    }
  }

  #touch(path: string): void {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // Somebody has made room.
    }
  }

  #makeRoom(): void {
    const files = this.#names()
      .flatMap((name) => {
        const path = join(this.#folder, name)
        const info = statSync(path, { throwIfNoEntry: false })
        const limitMs = name.endsWith(ending) ? keptMs : abandonedMs
        return info ? [{ path, size: info.size, used: info.mtimeMs, limitMs }] : []
      })
      .sort((a, b) => b.used - a.used)
    let bytes = 0
    for (const { path, size, used, limitMs } of files) {
      bytes += size
      if (bytes > keptBytes || Date.now() - used > limitMs) rmSync(path, { force: true })
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
    } catch {
      return []
    }
  }
}

/** SHA-256 in hexadecimal; of a file that has gone, of nothing. */
async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 }))
      hash.update(bytes as Buffer)
  } catch {
    // It was removed meanwhile: no name will match.
  }
  return hash.digest('hex')
}
