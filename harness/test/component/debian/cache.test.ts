import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { withFolderLock } from '../../../debian/folder-lock.ts'
import { prune } from '../../../debian/prune.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const quiet = { note: () => {} }
const hourMs = 3_600_000

describe('the lock of a cache folder', () => {
  test('lets one work at a time, and the next after a failure', async () => {
    const folder = join(scratchFolder(), 'new/cache')
    const events: string[] = []
    const work = (name: string) =>
      withFolderLock(folder, quiet, async () => {
        events.push(`${name} begins`)
        await sleep(20)
        events.push(`${name} ends`)
        if (name === 'first') throw new Error('failed')
      })
    const results = await Promise.allSettled([work('first'), work('second')])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
    expect(readdirSync(folder)).toEqual([])
  })

  test('of a killed process holds up nobody', async () => {
    const folder = scratchFolder()
    const child = spawn('sleep', ['60'])
    onTestFinished(() => void child.kill('SIGKILL'))
    // What the child would have written.
    const holder = { ...(await ownLock(folder)), pid: child.pid, startTicks: startTicksOf(child.pid) }
    writeFileSync(join(folder, 'lock'), JSON.stringify(holder))
    const notes: string[] = []
    const waiting = withFolderLock(folder, { note: (text) => void notes.push(text) }, async () => 'done')
    await sleep(500)
    expect(notes).toEqual(['waiting for another vmproof that makes guests'])
    child.kill('SIGKILL')
    expect(await waiting).toBe('done')
  })

  test('of a process whose number was given out again holds up nobody', async () => {
    const folder = scratchFolder()
    const own = await ownLock(folder)
    writeFileSync(join(folder, 'lock'), JSON.stringify({ ...own, startTicks: own.startTicks - 1 }))
    const notes: string[] = []
    const work = withFolderLock(folder, { note: (text) => void notes.push(text) }, async () => 'done')
    expect([await work, notes]).toEqual(['done', []])
  })

  test('of another machine counts as abandoned when it was not touched for long', async () => {
    const folder = scratchFolder()
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, place: 'elsewhere' }))
    const longAgo = new Date(Date.now() - 2 * hourMs)
    utimesSync(join(folder, 'lock'), longAgo, longAgo)
    expect(await withFolderLock(folder, quiet, async () => 'done')).toBe('done')
  })

  test('is not waited for any longer than wanted', async () => {
    const folder = scratchFolder()
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, place: 'elsewhere' }))
    const stop = new AbortController()
    const waiting = withFolderLock(folder, { ...quiet, signal: stop.signal }, async () => 'done')
    stop.abort()
    await expect(waiting).rejects.toThrow()
    expect(existsSync(join(folder, 'lock'))).toBe(true)
  })
})

/** What this process writes into a lock. */
function ownLock(folder: string): Promise<{ startTicks: number }> {
  return withFolderLock(folder, quiet, async () => JSON.parse(readFileSync(join(folder, 'lock'), 'utf8')))
}

/** proc(5), field 22 of /proc/PID/stat; the second one, in parentheses, has no blank here. */
function startTicksOf(pid: number | undefined): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[21])
}

describe('what a cache keeps', () => {
  /** Entries with their size and the hours since they were used. */
  function cache(entries: Record<string, { bytes: number; hours: number }>): string {
    const folder = scratchFolder()
    for (const [name, { bytes, hours }] of Object.entries(entries)) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'content'), Buffer.alloc(bytes))
      const used = new Date(Date.now() - hours * hourMs)
      utimesSync(join(folder, name), used, used)
    }
    return folder
  }

  test('is what was used last, up to its bounds', () => {
    const folder = cache({
      old: { bytes: 10, hours: 30 },
      newer: { bytes: 60, hours: 20 },
      newest: { bytes: 30, hours: 10 },
      ancient: { bytes: 1, hours: 24 * 40 },
    })
    prune(folder, { bytes: 95, days: 30 })
    expect(readdirSync(folder).sort()).toEqual(['newer', 'newest'])
  })

  test('is what may be in use, however large; of scratch only what is new', () => {
    const folder = cache({
      used: { bytes: 1000, hours: 1 },
      unused: { bytes: 1, hours: 5 },
      '.scratch': { bytes: 1000, hours: 1 },
      '.left-behind': { bytes: 1, hours: 24 },
    })
    prune(folder, { bytes: 500, days: 30 })
    expect(readdirSync(folder).sort()).toEqual(['.scratch', 'used'])
  })

  test('a folder that is not there is no trouble', () => {
    prune(join(scratchFolder(), 'none'), { bytes: 1, days: 1 })
  })
})
