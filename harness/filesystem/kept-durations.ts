import { linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash } from '../process/content-hash.ts'
import { makeFolders } from '../process/make-folders.ts'
import { codeOf } from './errors.ts'

/** What is cut into parts, and by whom. */
export interface Whole {
  /** Ids of all instances, in any order. */
  instances: readonly string[]
  /** How many parts. */
  count: number
  /** What the jobs of one pipeline have in common; null outside of CI. */
  pipeline: string | null
}

/** In seconds, by instance id. */
type Durations = ReadonlyMap<string, number>

interface Kept {
  schema: 1
  /** [instance id, seconds] */
  durations: [string, number][]
}

const schema = 1
const prefix = 'parts-'
/** Outside of CI nothing tells that parts belong together but that they are run on the same day. */
const freshMs = 12 * 3600_000
/** Of pipelines that are long over. */
const forgottenMs = 30 * 24 * 3600_000

/**
 * The durations by which every part of a whole is cut. Parts that share a history, but not their start, would each see
 * what the ones before added to it, and be cut differently: instances would run twice or never. So the first one keeps
 * what it knew beside the history, in `parts-HASH.json`, and all others go by that.
 * @param durations what the history says now @param readOnly keeps nothing
 * @throws as node:fs does where nothing can be kept
 */
export function keptDurations(
  folder: string,
  whole: Whole,
  durations: Durations,
  { now, readOnly }: { now: Date; readOnly: boolean },
): Durations {
  const path = join(folder, `${prefix}${keyOf(whole)}.json`)
  const known = isStale(path, whole, now) ? null : read(path)
  if (known || readOnly) return known ?? durations
  makeFolders(folder)
  forgetOld(folder, now)
  rmSync(path, { force: true })
  const wanted = whole.instances.flatMap((id): [string, number][] => {
    const seconds = durations.get(id)
    return seconds === undefined ? [] : [[id, seconds]]
  })
  if (keep(path, { schema, durations: wanted })) return durations
  // Another part was quicker.
  return read(path) ?? durations
}

function keyOf({ instances, count, pipeline }: Whole): string {
  const about = JSON.stringify([[...instances].sort(), count, pipeline])
  return contentHash(about).slice(0, 16)
}

function isStale(path: string, { pipeline }: Whole, now: Date): boolean {
  return pipeline === null && ageOf(path, now) > freshMs
}

/** In milliseconds; 0 for a file that is not there. */
function ageOf(path: string, now: Date): number {
  const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return written === undefined ? 0 : now.getTime() - written
}

/** @returns null for a file that is not there, or is none of ours */
function read(path: string): Durations | null {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Partial<Kept>
    return kept.schema === schema && Array.isArray(kept.durations) ? new Map(kept.durations) : null
  } catch {
    return null
  }
}

/** @returns whether it is now kept; false when another one was quicker */
function keep(path: string, kept: Kept): boolean {
  const scratch = `${path}.${process.pid}`
  try {
    writeFileSync(scratch, JSON.stringify(kept))
    linkSync(scratch, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(scratch, { force: true })
  }
}

function forgetOld(folder: string, now: Date): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (name.startsWith(prefix) && ageOf(path, now) > forgottenMs) rmSync(path, { force: true })
  }
}
