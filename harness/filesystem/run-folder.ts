import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { makeFolders } from '../process/make-folders.ts'
import { codeOf, wordsFor } from './errors.ts'

/** Where a run keeps its files. */
export interface RunFolder {
  /** Such as `20261120T073700123Z-1a2b`: sorts by time, unique among runs that start together. */
  id: string
  /** Absolute. */
  path: string
}

const runId = /^\d{8}T\d{6,9}Z-[0-9a-f]{4}$/

/**
 * Makes the folder of a new run below `out`, and `out` itself.
 * @throws UserError with exit code 4 when it cannot be written to
 */
export function createRunFolder(out: string, now: Date): RunFolder {
  const parent = resolve(out)
  try {
    makeFolders(parent)
    return makeFolder(parent, now)
  } catch (error) {
    throw new UserError(
      `${out}: cannot write reports there, ${wordsFor(error)}`,
      ['--out DIR names another folder'],
      exitCodes.infrastructure,
    )
  }
}

function makeFolder(parent: string, now: Date): RunFolder {
  const time = now.toISOString().replace(/[-:.]/g, '')
  for (;;) {
    const id = `${time}-${randomBytes(2).toString('hex')}`
    try {
      const path = join(parent, id)
      mkdirSync(path)
      return { id, path }
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

/** Points `latest` to a run: renamed over the old one, so that it always points somewhere. @throws */
export function pointLatest(out: string, id: string): void {
  const scratch = join(out, `.latest-${id}`)
  try {
    symlinkSync(id, scratch)
    renameSync(scratch, join(out, 'latest'))
  } catch (error) {
    rmSync(scratch, { force: true })
    throw error
  }
}

/** Ids of the runs below `out`, newest first; none when there is no such folder. */
export function listRuns(out: string): string[] {
  try {
    return readdirSync(out)
      .filter((name) => runId.test(name))
      .sort()
      .reverse()
  } catch {
    return []
  }
}

/**
 * The folder of a run: an id below `out`, `latest`, or a path to a run's folder.
 * @throws UserError when there is none
 */
export function findRun(out: string, run: string): RunFolder {
  const path = [join(out, run), run].map((one) => resolve(one)).find(isFolder)
  if (path) return { id: idOf(path), path }
  const newest = listRuns(out).slice(0, 3)
  throw new UserError(
    run === 'latest' ? `${out}: no run has been written there` : `${run}: there is no such run in ${out}`,
    newest.length > 0 ? [`the newest are ${newest.join(', ')}`] : ['vmproof run makes one'],
  )
}

function idOf(path: string): string {
  const name = path.split('/').at(-1) ?? path
  if (name !== 'latest') return name
  try {
    return readlinkSync(path).split('/').at(-1) ?? name
  } catch {
    return name
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
