import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keptDurations } from '../../../filesystem/kept-durations.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const now = new Date('2026-11-20T12:00:00Z')
const whole = { instances: ['a', 'b'], count: 2, pipeline: null }
const first = new Map([
  ['a', 10],
  ['elsewhere', 3],
])
const later = new Map([['a', 99]])
const own = new Map([['a', 10]])

const kept = (folder: string, durations: Map<string, number>, facts = {}, at = now) =>
  Object.fromEntries(keptDurations(folder, { ...whole, ...facts }, durations, { now: at, readOnly: false }))

/** The file's time is the real one's. */
function setTime(folder: string, at: Date): void {
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), at, at)
}

test('all parts go by what the first one knew', () => {
  const folder = join(scratchFolder(), 'history')
  kept(folder, first)
  setTime(folder, now)
  expect(kept(folder, later)).toEqual(Object.fromEntries(own))
  expect(kept(folder, later, { instances: ['b', 'a'] })).toEqual(Object.fromEntries(own))
})

test('another selection, another number of parts, another pipeline: another whole', () => {
  const folder = scratchFolder()
  kept(folder, first)
  for (const facts of [{ instances: ['a'] }, { count: 3 }, { pipeline: '7' }]) {
    expect(kept(folder, later, facts)).toEqual({ a: 99 })
  }
})

test('on another day it is cut anew, unless it is the same pipeline', () => {
  const folder = scratchFolder()
  kept(folder, first)
  kept(folder, first, { pipeline: '7' })
  setTime(folder, now)
  const tomorrow = new Date(now.getTime() + 24 * 3600_000)
  expect(kept(folder, later, {}, tomorrow)).toEqual({ a: 99 })
  expect(kept(folder, later, { pipeline: '7' }, tomorrow)).toEqual(Object.fromEntries(own))
})

test('what nobody needs any more is removed, the history is not', () => {
  const folder = scratchFolder()
  kept(folder, first, { pipeline: '7' })
  writeFileSync(join(folder, 'host-2026-10.ndjson'), '')
  setTime(folder, now)
  kept(folder, later, { pipeline: '8' }, new Date(now.getTime() + 31 * 24 * 3600_000))
  expect(readdirSync(folder)).toHaveLength(2)
  expect(existsSync(join(folder, 'host-2026-10.ndjson'))).toBe(true)
})

test('a damaged file is written again; a plan that is only shown writes nothing', () => {
  const folder = scratchFolder()
  kept(folder, first)
  const [name = ''] = readdirSync(folder)
  writeFileSync(join(folder, name), '{"schema"')
  expect(kept(folder, later)).toEqual({ a: 99 })
  const other = scratchFolder()
  expect(keptDurations(other, whole, first, { now, readOnly: true })).toEqual(first)
  expect(readdirSync(other)).toEqual([])
})

test('a folder that cannot be made is told', () => {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'file'), '')
  mkdirSync(join(folder, 'other'))
  expect(() => kept(join(folder, 'file/history'), first)).toThrow(/ENOTDIR/)
})
