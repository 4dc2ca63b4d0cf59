import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from '../../process/atomic-file.ts'
import { contentHash } from '../../process/content-hash.ts'
import { makeFolders } from '../../process/make-folders.ts'
import { identityScript } from './identity-script.ts'
import { backdoorScript, initScript, ncScript, tinyScript } from './init-script.ts'
import { driverModules } from './initramfs.ts'
import { leftOutFolders } from './left-out.ts'
import { maskedUnits } from './systemd.ts'

/** Raised when the code makes another image of the same packages, texts and definition. */
const recipeRevision = 8

/** Texts of ours that images hold, and tables that decide what comes in. */
const recipe = [
  recipeRevision,
  initScript,
  backdoorScript,
  identityScript,
  ncScript,
  tinyScript,
  driverModules,
  Object.keys(leftOutFolders),
  Object.keys(maskedUnits),
]

/** How long an image is used without a look at what the package lists say now. */
const rememberedMs = 24 * 3_600_000

/** Which image was last made for a definition of a guest, so that a warm start asks neither apt nor dpkg. */
export class RequestMemory {
  /** Stands for the definition. */
  readonly key: string
  readonly #file: string

  /** @param request all that a person asked for, as JSON */
  constructor(folder: string, request: unknown) {
    this.key = valueHash([recipe, request])
    this.#file = join(folder, `${this.key}.json`)
  }

  /** @returns the image's key, or null when there is none or it is too old */
  recall(): string | null {
    const record = this.#read()
    return record && Date.now() - record.atMs < rememberedMs ? record.image : null
  }

  /** @returns the last image's key however old it is */
  recallAny(): string | null {
    return this.#read()?.image ?? null
  }

  remember(image: string): void {
    makeFolders(join(this.#file, '..'))
    writeAtomically(this.#file, JSON.stringify({ image, atMs: Date.now() }))
  }

  #read(): { image: string; atMs: number } | null {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as { image: string; atMs: number }
    } catch {
      return null
    }
  }
}

/** A name for a value: equal values have equal names. Keys of objects stand in the order in which they were written. */
export function valueHash(value: unknown): string {
  return contentHash(JSON.stringify(value)).slice(0, 40)
}
