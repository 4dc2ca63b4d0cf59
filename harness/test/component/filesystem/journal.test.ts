import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { JournalWriter, readJournal } from '../../../filesystem/journal.ts'
import type { RunEvent } from '../../../model/run-event.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { canMount, smallDisk } from '../../helpers/small-disk.ts'

function skipped(reason: string): RunEvent {
  const at = '2026-11-20T07:37:00.123Z'
  return {
    at,
    type: 'instanceSkipped',
    instance: 'a',
    kind: 'fail-fast',
    reason,
    execution: 'unknown',
    earlier: [],
  }
}

async function read(path: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of readJournal(path)) events.push(event)
  return events
}

function fail(error: unknown): never {
  throw error
}

test('reads back what was appended, in order', async () => {
  const path = join(scratchFolder(), 'events.ndjson')
  const events = ['plain', 'with\nbreak and \u2028 and \r', 'ümlaut 🐧', 'x'.repeat(200_000)].map(skipped)
  const journal = new JournalWriter(path, fail)
  for (const event of events) journal.append(event)
  journal.close()
  expect(await read(path)).toEqual(events)
})

test('each event stands in the file before append returns', () => {
  const path = join(scratchFolder(), 'events.ndjson')
  const journal = new JournalWriter(path, fail)
  journal.append(skipped('first'))
  expect(readFileSync(path, 'utf8')).toMatch(/"reason":"first".*\n$/)
  journal.close()
})

test('passes over torn, foreign and malformed lines', async () => {
  const path = join(scratchFolder(), 'events.ndjson')
  const line = (value: unknown) => `${JSON.stringify(value)}\n`
  writeFileSync(
    path,
    `${line(skipped('one'))}not json\n\n[1]\nnull\n${line({ at: 'x' })}${line({ type: 1, at: '' })}`,
  )
  appendFileSync(path, line({ type: 'fromTheFuture', at: '2030-01-01T00:00:00.000Z' }))
  appendFileSync(path, `${line(skipped('two'))}${line(skipped('torn')).slice(0, 60)}`)
  expect((await read(path)).map((event) => ('reason' in event ? event.reason : event.type))).toEqual([
    'one',
    'fromTheFuture',
    'two',
  ])
})

test('a line cut in the middle of a character does not hide the others', async () => {
  const path = join(scratchFolder(), 'events.ndjson')
  writeFileSync(
    path,
    Buffer.concat([Buffer.from(`${JSON.stringify(skipped('kept'))}\n{"type":"`), Buffer.from([0xf0, 0x9f])]),
  )
  expect(await read(path)).toEqual([skipped('kept')])
})

test('a journal that is not there is a clear error', async () => {
  await expect(read(join(scratchFolder(), 'none'))).rejects.toThrow(/cannot read the journal, no such file/)
})

describe.runIf(canMount)('on a real small disk (needs the right to mount)', () => {
  test('what a full disk refused is written as soon as there is space again', async () => {
    const { folder } = smallDisk(256)
    const ballast = join(folder, 'ballast')
    writeFileSync(ballast, Buffer.alloc(200 * 1024))
    const failures: unknown[] = []
    const journal = new JournalWriter(join(folder, 'events.ndjson'), (error) => failures.push(error))
    const events = Array.from({ length: 40 }, (_, index) => skipped(`${index} ${'x'.repeat(4000)}`))
    for (const event of events) journal.append(event)
    expect(failures.length).toBeGreaterThan(0)
    expect(journal.complete).toBe(false)
    rmSync(ballast)
    journal.close()
    expect(journal.complete).toBe(true)
    expect(await read(join(folder, 'events.ndjson'))).toEqual(events)
  })
})

test('what is appended to a journal whose writer was killed gets a line of its own', async () => {
  const path = join(scratchFolder(), 'events.ndjson')
  writeFileSync(path, '{"at":"2026-')
  const writer = new JournalWriter(path, (error) => {
    throw error
  })
  writer.append({ at: '2026-11-20T07:53:31.000Z', type: 'runInterrupted', signal: 'SIGINT' })
  writer.close()
  const events = []
  for await (const event of readJournal(path)) events.push(event.type)
  expect(events).toEqual(['runInterrupted'])
})
