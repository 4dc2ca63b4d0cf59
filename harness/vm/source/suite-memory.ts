import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SuiteDefinition } from './definition.ts'
import { hashOf } from './hash.ts'

/** What is remembered of a suite: valid as long as none of its inputs has another content. */
interface Entry {
  schema: 1
  /** Path of the bundle, which is named by its content. */
  bundle: string
  definition: SuiteDefinition
  /** Path to hash of every file that made it. */
  inputs: Record<string, string>
}

/** @param build file that stands for this build of vmproof @returns null when the suite must be loaded */
export function recallSuite(folder: string, build: string): Pick<Entry, 'bundle' | 'definition'> | null {
  try {
    const entry = JSON.parse(readFileSync(pathIn(folder), 'utf8')) as Entry
    const isValid =
      entry.schema === 1 &&
      build in entry.inputs &&
      existsSync(entry.bundle) &&
      Object.entries(entry.inputs).every(([path, hash]) => hashOf(readFileSync(path)) === hash)
    return isValid ? { bundle: entry.bundle, definition: entry.definition } : null
  } catch {
    return null
  }
}

/** A suite that was loaded, and what it was made of. */
export interface FreshSuite extends Pick<Entry, 'bundle' | 'definition'> {
  inputs: string[]
  /** When loading began, in milliseconds of the clock: what was edited since may not be what was loaded. */
  startedAt: number
}

/** @param folder exists. A full disk costs the next run a moment, not this one its result. */
export function rememberSuite(folder: string, { inputs, startedAt, ...suite }: FreshSuite): void {
  const scratch = `${pathIn(folder)}.${process.pid}`
  try {
    if (inputs.some((path) => Math.trunc(statSync(path).mtimeMs) > startedAt)) return
    const hashes = Object.fromEntries(inputs.map((path) => [path, hashOf(readFileSync(path))]))
    const entry: Entry = { schema: 1, ...suite, inputs: hashes }
    writeFileSync(scratch, JSON.stringify(entry))
    renameSync(scratch, pathIn(folder))
  } catch {
    // Then it is loaded again.
  }
}

function pathIn(folder: string): string {
  return join(folder, 'suite.json')
}
