import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { makeFolders } from '../../process/make-folders.ts'

/** The files of one image. */
export interface ImageFiles {
  key: string
  kernel: string
  initrd: string
}

/** What was written, kept beside it. ctime moves with every write, so an equal one means equal bytes. */
interface FileStamp {
  size: number
  sha256: string
  changedMs: number
}

type Stamps = Record<'kernel' | 'initrd', FileStamp>

const stampName = 'stamp.json'

/**
 * Images by their keys, each a folder that appears complete or not at all.
 * @param folder holds them all
 */
export class ImageStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Looks for an image and marks it as used. Its bytes are read only when a file has changed since it was written.
   * @returns null when there is none; `damaged` when it is not what was written
   */
  async find(key: string): Promise<ImageFiles | 'damaged' | null> {
    const folder = join(this.#folder, key)
    const files = { key, kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') }
    if (!statSync(folder, { throwIfNoEntry: false })) return null
    const stamps = readStamps(join(folder, stampName))
    if (!stamps) return 'damaged'
    for (const name of ['kernel', 'initrd'] as const) {
      if (!(await isIntact(files[name], stamps[name]))) return 'damaged'
    }
    utimesSync(folder, new Date(), new Date())
    return files
  }

  /** Writes an image and puts it in the place of whatever stands there. */
  async add(key: string, kernel: string, initrd: Iterable<Buffer>): Promise<ImageFiles> {
    makeFolders(this.#folder)
    const scratch = mkdtempSync(join(this.#folder, '.tmp-'))
    try {
      copyFileSync(kernel, join(scratch, 'kernel'))
      writePieces(join(scratch, 'initrd'), initrd)
      const stamps: Stamps = {
        kernel: await stampOf(join(scratch, 'kernel')),
        initrd: await stampOf(join(scratch, 'initrd')),
      }
      writeFileSync(join(scratch, stampName), JSON.stringify(stamps))
      rmSync(join(this.#folder, key), { recursive: true, force: true })
      renameSync(scratch, join(this.#folder, key))
    } catch (error) {
      rmSync(scratch, { recursive: true, force: true })
      throw error
    }
    return { key, kernel: join(this.#folder, key, 'kernel'), initrd: join(this.#folder, key, 'initrd') }
  }
}

function readStamps(path: string): Stamps | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Stamps
  } catch {
    return null
  }
}

async function isIntact(path: string, stamp: FileStamp): Promise<boolean> {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.size !== stamp.size) return false
  return stat.ctimeMs === stamp.changedMs || (await sha256Of(path)) === stamp.sha256
}

async function stampOf(path: string): Promise<FileStamp> {
  const sha256 = await sha256Of(path)
  const { size, ctimeMs } = statSync(path)
  return { size, sha256, changedMs: ctimeMs }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function writePieces(path: string, pieces: Iterable<Buffer>): void {
  const descriptor = openSync(path, 'w')
  try {
    for (const piece of pieces) {
      for (let rest = piece; rest.length > 0; ) rest = rest.subarray(writeSync(descriptor, rest))
    }
  } finally {
    closeSync(descriptor)
  }
}
