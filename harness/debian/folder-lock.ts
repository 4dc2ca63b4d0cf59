import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolders } from '../process/make-folders.ts'
import { isRunning, ownIdentity, type ProcessIdentity } from '../process/process-table.ts'
import type { Progress } from './apt-home.ts'

const retryMs = 100
const heartbeatMs = 5_000
/** Who holds a lock touches it; one that was not touched for so long was left behind by a machine that went down. */
const abandonedMs = 60_000

/**
 * Does some work while no other process does such work in this folder. A holder that died, even by SIGKILL, holds up
 * nobody.
 */
export async function withFolderLock<Result>(
  folder: string,
  { note, signal }: Progress,
  work: () => Promise<Result>,
): Promise<Result> {
  makeFolders(folder)
  const path = join(folder, 'lock')
  for (let waits = 0; !take(path); waits++) {
    if (waits === 1) note('waiting for another vmproof that makes guests')
    await sleep(retryMs, undefined, signal ? { signal } : {})
  }
  const heartbeat = setInterval(() => touch(path), heartbeatMs)
  heartbeat.unref()
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    rmSync(path, { force: true })
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(ownIdentity()), { flag: 'wx' })
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    removeAbandoned(path)
    return false
  }
}

/** By renaming: of several who find it abandoned, one takes it away, and never the lock of who came after. */
function removeAbandoned(path: string): void {
  const text = read(path)
  if (text === null || !isAbandoned(path, text)) return
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    if (read(aside) === text) rmSync(aside, { force: true })
    else renameSync(aside, path)
  } catch {
    // Another one was quicker.
  }
}

function isAbandoned(path: string, text: string): boolean {
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  if (age > abandonedMs) return true
  const holder = parse(text)
  return holder !== null && isRunning(holder) === false
}

/** null for a lock that is being written just now. */
function parse(text: string): ProcessIdentity | null {
  try {
    return JSON.parse(text) as ProcessIdentity
  } catch {
    return null
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // It was thought abandoned; the work goes on, its results appear by renaming.
  }
}
