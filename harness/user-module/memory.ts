import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from '../process/atomic-file.ts'
import { contentHash } from '../process/content-hash.ts'

/** What is remembered of a module: valid as long as none of its inputs has another content. */
interface Entry<Value> {
  schema: 2
  /** Path of the bundle, which is named by its content. */
  bundle: string
  /** What the module was understood to say, as JSON has it. */
  value: Value
  /** Path to hash of every file that made it. */
  inputs: Record<string, string>
}

/** A module that was loaded before. */
export type RememberedModule<Value> = Pick<Entry<Value>, 'bundle' | 'value'>

/** @param build file that stands for this build of vmproof @returns null when the module must be loaded */
export function recallModule<Value>(folder: string, build: string): RememberedModule<Value> | null {
  try {
    const entry = JSON.parse(readFileSync(pathIn(folder), 'utf8')) as Entry<Value>
    const isValid =
      entry.schema === 2 &&
      build in entry.inputs &&
      existsSync(entry.bundle) &&
      Object.entries(entry.inputs).every(([path, hash]) => contentHash(readFileSync(path)) === hash)
    return isValid ? { bundle: entry.bundle, value: entry.value } : null
  } catch {
    return null
  }
}

/** A module that was loaded, and what it was made of. */
export interface FreshModule<Value> extends RememberedModule<Value> {
  inputs: string[]
  /** When loading began, in milliseconds of the clock: what was edited since may not be what was loaded. */
  startedAt: number
}

/** @param folder exists. A full disk costs the next run a moment, not this one its result. */
export function rememberModule<Value>(
  folder: string,
  { inputs, startedAt, ...module }: FreshModule<Value>,
): void {
  try {
    if (inputs.some((path) => Math.trunc(statSync(path).mtimeMs) > startedAt)) return
    const hashes = Object.fromEntries(inputs.map((path) => [path, contentHash(readFileSync(path))]))
    const entry: Entry<Value> = { schema: 2, ...module, inputs: hashes }
    writeAtomically(pathIn(folder), JSON.stringify(entry))
  } catch {
    // Then it is loaded again.
  }
}

function pathIn(folder: string): string {
  return join(folder, 'module.json')
}
