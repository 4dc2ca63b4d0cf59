import { linkSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../model/user-error.ts'
import { isRunning, ownIdentity, type ProcessIdentity } from '../process/process-table.ts'
import { codeOf } from './errors.ts'
import type { RunFolder } from './run-folder.ts'

/*
 * While a run goes on, its folder holds `.lock-N`, which tells who writes there. A lock is never taken over: who finds
 * that the holder of `.lock-N` is gone makes `.lock-(N+1)`, which only one can, and then removes what is left behind.
 */

/** Who holds a lock, as its file tells. */
interface Holder extends ProcessIdentity {
  host: string
}

/** Held until it is released, or this process is gone. */
export interface RunLock {
  release(): void
}

const heartbeatMs = 10_000
/** A holder on another machine cannot be asked; one that has not touched its lock for so long is gone. */
const goneMs = 60_000

/**
 * Takes the only right to write into a run's folder.
 * @throws UserError when somebody else has it; the operating system's error when the folder cannot be written to
 */
export function lockRun({ id, path }: RunFolder): RunLock {
  const [newest] = locksIn(path)
  if (newest && isHeld(newest)) throw inUse(id, newest)
  const own = take(path, (newest?.number ?? 0) + 1)
  const others = locksIn(path).filter((lock) => lock.path !== own)
  const rival = own === null ? others[0] : others.find(isHeld)
  if (own === null || rival) {
    if (own !== null) rmSync(own, { force: true })
    throw inUse(id, rival)
  }
  for (const { path: left } of others) rmSync(left, { force: true })
  const heartbeat = setInterval(() => touch(own), heartbeatMs)
  heartbeat.unref()
  return {
    release: () => {
      clearInterval(heartbeat)
      rmSync(own, { force: true })
    },
  }
}

/** @returns the lock's file, complete from the moment it is there; null when another one was quicker */
function take(folder: string, number: number): string | null {
  const path = join(folder, `.lock-${number}`)
  const scratch = join(folder, `.scratch-${process.pid}`)
  const holder: Holder = { ...ownIdentity(), host: hostname() }
  try {
    writeFileSync(scratch, JSON.stringify(holder))
    linkSync(scratch, path)
    return path
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return null
    throw error
  } finally {
    rmSync(scratch, { force: true })
  }
}

interface FoundLock {
  path: string
  number: number
  /** null when its file cannot be read as one. */
  holder: Holder | null
}

/** Newest first. */
function locksIn(folder: string): FoundLock[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const number = /^\.lock-(\d+)$/.exec(name)?.[1]
      return number === undefined ? [] : [foundLock(join(folder, name), Number(number))]
    })
    .sort((a, b) => b.number - a.number)
}

function foundLock(path: string, number: number): FoundLock {
  try {
    return { path, number, holder: JSON.parse(readFileSync(path, 'utf8')) as Holder }
  } catch {
    return { path, number, holder: null }
  }
}

function isHeld({ path, holder }: FoundLock): boolean {
  const runs = holder && isRunning(holder)
  if (runs !== null) return runs
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return Date.now() - touched < goneMs
}

function inUse(id: string, lock: FoundLock | undefined): UserError {
  const holder = lock?.holder
  const isHere = holder ? isRunning(holder) : null
  const who = holder
    ? `process ${holder.pid}${isHere === null ? ` on ${holder.host}` : ''}`
    : 'another process'
  return new UserError(`${id}: this run still goes on, in ${who}`, [
    isHere === null && holder
      ? 'if that machine is lost, wait a minute: it is then known that nobody works on it'
      : 'wait for its end, or end that process',
  ])
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // The folder was removed, or its disk is gone; the run tells that by itself.
  }
}
