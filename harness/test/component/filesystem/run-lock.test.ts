import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockRun } from '../../../filesystem/run-lock.ts'
import { startChild } from '../../../process/child.ts'
import { isRunning, ownIdentity } from '../../../process/process-table.ts'
import { until } from '../../helpers/processes.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const run = () => ({ id: 'run', path: scratchFolder() })

/** Leaves the lock of another process behind. */
function leaveLock(path: string, holder: object, number = 1): string {
  const file = join(path, `.lock-${number}`)
  writeFileSync(file, JSON.stringify(holder))
  return file
}

test('one holder at a time, another one after its release', () => {
  const folder = run()
  const lock = lockRun(folder)
  expect(() => lockRun(folder)).toThrow(`run: this run still goes on, in process ${process.pid}`)
  lock.release()
  expect(readdirSync(folder.path)).toEqual([])
  lockRun(folder).release()
})

test('a holder that was killed holds up nobody; its number given out again is another process', async () => {
  const folder = run()
  const child = startChild('sleep', ['60'])
  const own = ownIdentity()
  const pid = child.pid ?? 0
  leaveLock(folder.path, { ...own, pid, startTicks: 1, host: 'here' })
  lockRun(folder).release()
  child.kill()
  await child.exited
  await until(() => isRunning({ ...own, pid, startTicks: 1 }) === false)
  leaveLock(folder.path, { ...own, pid, host: 'here' }, 7)
  const lock = lockRun(folder)
  expect(readdirSync(folder.path)).toEqual(['.lock-8'])
  lock.release()
})

test('a holder on another machine is believed as long as it shows itself', () => {
  const folder = run()
  const file = leaveLock(folder.path, { pid: 1, startTicks: 1, place: 'elsewhere', host: 'runner-7' })
  expect(() => lockRun(folder)).toThrow('in process 1 on runner-7')
  const twoMinutesAgo = Date.now() / 1000 - 120
  utimesSync(file, twoMinutesAgo, twoMinutesAgo)
  lockRun(folder).release()
})

test('what is no lock is none', () => {
  const folder = run()
  writeFileSync(join(folder.path, '.lock-x'), '')
  writeFileSync(join(folder.path, 'lock-1'), '')
  lockRun(folder).release()
})
