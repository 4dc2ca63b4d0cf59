import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { appendHistory } from '../../../filesystem/history-store.ts'
import type { CheckDetails, LogIndex, PageData } from '../../../page/data.ts'
import { makeRun } from '../../browser/made-run.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { vmproof } from '../../helpers/vmproof.ts'

const id = '20261120T080000000Z-aaaa'

/** A run of one check that failed at its second attempt, and one that passed. */
function madeRun(): { out: string; folder: string } {
  const out = scratchFolder()
  const failed = { at: 1, seconds: 2, outcome: 'failed' as const, log: ['first\n', 'machine # <b>\n'] }
  const folder = makeRun(out, id, {
    exitCode: 1,
    checks: [
      { check: 'breaks', attempts: [failed, { ...failed, at: 4, log: ['second\n'] }] },
      { check: 'holds', attempts: [{ at: 1, seconds: 3, log: ['fine\n'] }] },
    ],
  })
  return { out, folder }
}

const report = (out: string, ...args: string[]) => vmproof(['report', ...args, '--out', out], out)

function embedded<Content>(folder: string, element: string): Content {
  return JSON.parse(textOf(folder, element)) as Content
}

function textOf(folder: string, element: string): string {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  return new RegExp(`<script type="[^"]*" id="${element}">(.*?)</script>`, 's').exec(html)?.[1] ?? ''
}

test('a page holds the run, each check and each log', async () => {
  const { out, folder } = madeRun()
  expect((await report(out, id)).code).toBe(0)
  const { run, checks } = embedded<PageData>(folder, 'page-data')
  expect(run.id).toBe(id)
  expect(
    checks.map(({ title, logs }) => [title, logs.map(({ attempt, embedded: log }) => [attempt, log])]),
  ).toEqual([
    [
      'breaks',
      [
        [1, 0],
        [2, 1],
      ],
    ],
    ['holds', [[1, 2]]],
  ])
  expect(embedded<CheckDetails>(folder, 'check-1').assertions).toEqual([])
  expect(embedded<LogIndex>(folder, 'log-0')).toMatchObject({ lines: 2 })
  const segment = gunzipSync(Buffer.from(textOf(folder, 'log-0-0'), 'base64')).toString()
  expect(segment).toBe('first\nmachine # <b>\n')
})

test('is the same whenever it is made, whatever has happened since', async () => {
  const { out, folder } = madeRun()
  await report(out, id)
  const before = readFileSync(join(folder, 'index.html'))
  const history = embedded<PageData>(folder, 'page-data').history
  expect(history.map(({ check, points }) => [check, points.length])).toEqual([
    ['breaks', 2],
    ['holds', 1],
  ])
  appendHistory(join(out, 'history'), {
    ...{ schema: 1, run: 'later', at: '2027-01-01T00:00:00.000Z', host: 'h', check: 'holds', kind: 'vm' },
    ...{
      profile: null,
      accelerator: 'kvm',
      attempt: 1,
      outcome: 'failed',
      execution: 'executed',
      seconds: 5,
    },
    ...{ subject: null, failure: null, metrics: [] },
  })
  await report(out, id)
  expect(readFileSync(join(folder, 'index.html')).equals(before)).toBe(true)
})

describe('what is amiss', () => {
  test('a page that cannot be written leaves the other reports alone, and nothing half', async () => {
    const { out, folder } = madeRun()
    mkdirSync(join(folder, 'index.html'))
    const { code, stderr } = await report(out, id)
    expect(code).toBe(4)
    expect(stderr).toContain(`cannot write ${id}/index.html: it is a folder`)
    expect(readdirSync(folder).sort()).toEqual([
      'breaks',
      'events.ndjson',
      'holds',
      'index.html',
      'junit.xml',
      'run.json',
    ])
  })

  test('a log that is gone is told as such', async () => {
    const { out, folder } = madeRun()
    rmSync(join(folder, 'breaks/attempt-2/driver.log'))
    expect((await report(out, id)).code).toBe(0)
    const [breaks] = embedded<PageData>(folder, 'page-data').checks
    expect(breaks?.logs[1]).toMatchObject({ href: null, embedded: null, bytes: 0 })
    expect(breaks?.logs[0]).toMatchObject({ embedded: 0 })
  })

  test('a run that was copied elsewhere still finds its logs', async () => {
    const { out, folder } = madeRun()
    const elsewhere = join(scratchFolder(), 'copied')
    renameSync(folder, elsewhere)
    expect((await report(out, elsewhere)).code).toBe(0)
    expect(embedded<PageData>(elsewhere, 'page-data').checks[1]?.logs[0]?.href).toBe(
      './holds/attempt-1/driver.log',
    )
  })
})

test('only when it is asked for', async () => {
  const { out, folder } = madeRun()
  await report(out, id, '--report', 'json')
  expect(readdirSync(folder)).not.toContain('index.html')
})
