import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from '../process/atomic-file.ts'
import { contentHash } from '../process/content-hash.ts'
import { makeFolders } from '../process/make-folders.ts'
import { type Dependency, dependenciesOf, stateOf } from './dependencies.ts'

/** Results of evaluations on disk, valid as long as nothing that they were made from has changed. */
export interface Remembered {
  /** @returns undefined when there is none */
  find(key: string): unknown
  /** Does nothing where a later run could not tell whether the result still holds. */
  keep(key: string, result: EvaluationResult): void
}

/** A result, with what tells later whether it still holds. */
export interface EvaluationResult {
  value: unknown
  /** Files outside of the store that Nix read. */
  files: string[]
  /** When the evaluation began, in milliseconds of the clock. */
  startedAt: number
}

/** One JSON file, named by a hash of its key. Whatever is wrong with an entry, it is no entry. */
interface Entry {
  schema: 1
  key: string
  value: unknown
  dependencies: Dependency[]
}

/** @param folder is made when something is kept; the entries are in `evaluations` below it */
export function rememberedIn(folder: string): Remembered {
  const place = join(folder, 'evaluations')
  const pathOf = (key: string) => join(place, `${contentHash(key).slice(0, 32)}.json`)
  return {
    find: (key) => {
      const entry = read(pathOf(key))
      const isValid = entry?.key === key && entry.dependencies.every(isUnchanged)
      return isValid ? entry.value : undefined
    },
    keep: (key, { value, files, startedAt }) => {
      const dependencies = dependenciesOf(files, startedAt)
      if (dependencies) write(place, pathOf(key), { schema: 1, key, value, dependencies })
    },
  }
}

function isUnchanged([path, state]: Dependency): boolean {
  return stateOf(path) === state
}

function read(path: string): Entry | null {
  try {
    const entry = JSON.parse(readFileSync(path, 'utf8')) as Entry
    return entry.schema === 1 && Array.isArray(entry.dependencies) ? entry : null
  } catch {
    return null
  }
}

/** A full or read-only disk costs the next run an evaluation, not this one its result. */
function write(folder: string, path: string, entry: Entry): void {
  try {
    makeFolders(folder)
    writeAtomically(path, JSON.stringify(entry))
  } catch {
    // The next run evaluates again.
  }
}
