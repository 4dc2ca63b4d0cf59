import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appendHistory, readHistory, readRecentHistory } from '../../../filesystem/history-store.ts'
import { type HistoryRecord, historySchema } from '../../../model/history.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

function record(facts: Partial<HistoryRecord> = {}): HistoryRecord {
  return {
    schema: historySchema,
    run: 'r1',
    at: '2026-11-20T07:00:00.000Z',
    host: 'edge',
    check: 'a',
    kind: 'vm',
    profile: null,
    accelerator: 'tcg',
    attempt: 1,
    outcome: 'passed',
    execution: 'executed',
    seconds: 1.5,
    subject: null,
    failure: null,
    metrics: [],
    ...facts,
  }
}

test('what was appended is read again, a file for each machine and month', () => {
  const folder = join(scratchFolder(), 'history')
  const records = [
    record(),
    record({ attempt: 2 }),
    record({ host: 'a/../b', run: 'r2' }),
    record({ at: '2026-12-01T00:00:00.000Z', run: 'r3' }),
  ]
  for (const one of records) appendHistory(folder, one)
  expect(readHistory(folder)).toMatchObject({ torn: 0, newer: 0, unreadable: [] })
  expect(new Set(readHistory(folder).records)).toEqual(new Set(records))
  expect(readdirSync(folder)).toHaveLength(3)
})

test('a torn line costs itself alone, and the next record keeps a line of its own', () => {
  const folder = scratchFolder()
  appendHistory(folder, record())
  const file = join(folder, readdirSync(folder)[0] ?? '')
  appendFileSync(file, readFileSync(file, 'utf8').slice(0, 40))
  appendHistory(folder, record({ run: 'r2' }))
  const { records, torn } = readHistory(folder)
  expect(records.map(({ run }) => run)).toEqual(['r1', 'r2'])
  expect(torn).toBe(1)
})

test('lines of a newer version are counted and left alone', () => {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'x.ndjson'), '{"schema":99,"what":"ever"}\n{"schema":1}\nnull\n[]\n12\n')
  appendHistory(folder, record())
  expect(readHistory(folder)).toMatchObject({ newer: 1, torn: 4, records: [{ run: 'r1' }] })
  expect(readFileSync(join(folder, 'x.ndjson'), 'utf8')).toContain('"schema":99')
})

test('histories of machines are merged by copying; a record that is there twice counts once', () => {
  const folder = scratchFolder()
  appendHistory(folder, record())
  const name = readdirSync(folder)[0] ?? ''
  writeFileSync(join(folder, `copy-${name}`), readFileSync(join(folder, name)))
  appendHistory(folder, record({ profile: 'lossy' }))
  expect(readHistory(folder).records).toHaveLength(2)
})

test('no folder is an empty history; a file that cannot be read is named', () => {
  const folder = scratchFolder()
  expect(readHistory(join(folder, 'none')).records).toEqual([])
  mkdirSync(join(folder, 'folder.ndjson'))
  expect(readHistory(folder).unreadable).toMatchObject([{ path: join(folder, 'folder.ndjson') }])
})

test('only what is wanted is kept', () => {
  const folder = scratchFolder()
  appendHistory(folder, record())
  appendHistory(folder, record({ check: 'b' }))
  expect(readHistory(folder, (check) => check === 'b').records).toMatchObject([{ check: 'b' }])
})

test('the recent past comes from the newest files, whatever else is there', () => {
  const folder = scratchFolder()
  appendHistory(folder, record({ run: 'new' }))
  appendHistory(folder, record({ run: 'old', at: '2025-01-01T00:00:00.000Z', host: 'another-host' }))
  mkdirSync(join(folder, 'x-2026-12.ndjson'))
  expect(readRecentHistory(folder).map(({ run }) => run)).toEqual(['new', 'old'])
  expect(readRecentHistory(join(folder, 'none'))).toEqual([])
})

test('what is no folder, and a pipe in it, is told; a folder that is not there is an empty history', () => {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'file'), '')
  expect(readHistory(join(folder, 'file')).unreadable).toMatchObject([{ path: join(folder, 'file') }])
  expect(readHistory(join(folder, 'nowhere')).unreadable).toEqual([])
  execFileSync('mkfifo', [join(folder, 'pipe-2026-11.ndjson')])
  appendHistory(folder, record())
  expect(readHistory(folder)).toMatchObject({
    records: [{ run: 'r1' }],
    unreadable: [{ path: join(folder, 'pipe-2026-11.ndjson') }],
  })
  expect(readRecentHistory(folder)).toMatchObject([{ run: 'r1' }])
})
