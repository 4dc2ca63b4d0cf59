import { readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readNewestReport } from '../../../filesystem/newest-report.ts'
import { createRunFolder, findRun, listRuns, pointLatest } from '../../../filesystem/run-folder.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { canMount, smallDisk } from '../../helpers/small-disk.ts'

const noon = new Date('2026-11-20T12:00:00.007Z')
const later = new Date('2026-11-20T12:00:00.008Z')

test('run ids sort by time and never meet', () => {
  const out = join(scratchFolder(), 'deep/reports')
  const runs = Array.from({ length: 200 }, () => createRunFolder(out, noon))
  const last = createRunFolder(out, later)
  expect(new Set(runs.map(({ id }) => id)).size).toBe(200)
  expect(last.id).toMatch(/^20261120T120000008Z-[0-9a-f]{4}$/)
  expect(listRuns(out)[0]).toBe(last.id)
})

test('latest moves from run to run, and names the run', () => {
  const out = scratchFolder()
  for (const now of [noon, later]) {
    const { id } = createRunFolder(out, now)
    pointLatest(out, id)
    expect(readlinkSync(join(out, 'latest'))).toBe(id)
    expect(findRun(out, 'latest').id).toBe(id)
    expect(findRun(out, id).path).toBe(join(out, id))
    expect(findRun('/nowhere', join(out, 'latest')).id).toBe(id)
  }
  expect(listRuns(out)).toHaveLength(2)
})

test('a run that does not exist is named with the newest ones that do', () => {
  const out = scratchFolder()
  expect(() => findRun(out, 'latest')).toThrow(/no run has been written there/)
  const { id } = createRunFolder(out, noon)
  expect(() => findRun(out, 'nope')).toThrow(
    expect.objectContaining({ hints: [expect.stringContaining(id)] }),
  )
})

test('a reports folder below a file is a clear error with exit code 4', () => {
  const file = join(scratchFolder(), 'file')
  writeFileSync(file, '')
  const failing = () => createRunFolder(join(file, 'reports'), noon)
  expect(failing).toThrow(/cannot write reports there, a part of the path is not a folder/)
  expect(failing).toThrow(expect.objectContaining({ exitCode: 4 }))
})

describe.runIf(canMount)('on a real small disk (needs the right to mount)', () => {
  test('a read-only reports folder is a clear error', () => {
    const { folder, remount } = smallDisk(64)
    remount('ro')
    expect(() => createRunFolder(folder, noon)).toThrow(
      /cannot write reports there, the file system is read-only/,
    )
  })
})

test('the newest report comes from the journal where the run was cut off', async () => {
  const out = scratchFolder()
  expect(await readNewestReport(out)).toBeNull()
  const { path } = createRunFolder(out, noon)
  const at = '2026-11-20T12:00:00.000Z'
  const planned = { type: 'instancePlanned', instance: 'a', check: 'a', kind: 'nixos', profile: null }
  const started = { type: 'attemptStarted', instance: 'a', attempt: 1, folder: 'a/attempt-1' }
  writeFileSync(
    join(path, 'events.ndjson'),
    `${[planned, started].map((event) => JSON.stringify({ at, tags: [], ...event })).join('\n')}\n{"at":"20`,
  )
  expect((await readNewestReport(out))?.checks).toMatchObject([{ name: 'a', outcome: 'interrupted' }])
})
