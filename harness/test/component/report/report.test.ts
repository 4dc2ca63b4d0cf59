import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { UnstampedRunEvent } from '../../../model/run-event.ts'
import { formatRunJson } from '../../../reporters/json.ts'
import { formatJunit } from '../../../reporters/junit.ts'
import { complaints, parseXml } from '../../unit/reporters/junit-validator.ts'
import { reportOf, stamped } from '../../unit/reporters/replay.ts'
import { failing, started, wholeRun } from '../../unit/reporters/story.ts'

const runId = '20261120T075331000Z-1a2b'
let out: string

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'vmproof-report-'))
})
afterEach(() => rmSync(out, { recursive: true, force: true }))

const journalOf = (events: UnstampedRunEvent[]) =>
  stamped(events)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('')

function addRun(id: string, journal: string): string {
  const folder = join(out, id)
  mkdirSync(folder)
  writeFileSync(join(folder, 'events.ndjson'), journal)
  return folder
}

function vmproof(...args: string[]) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, ['harness/bin.mjs', ...args], {
    encoding: 'utf8',
    env,
    maxBuffer: 1e8,
  })
  return { status, stdout, stderr }
}

const report = (...args: string[]) => vmproof('report', '--out', out, ...args)
const read = (...path: string[]) => readFileSync(join(out, ...path), 'utf8')
const renamed = (id: string, startedAt: string): UnstampedRunEvent => {
  const event = started as Extract<UnstampedRunEvent, { type: 'runStarted' }>
  return { ...event, run: { ...event.run, id, startedAt } }
}

describe('one run', () => {
  test('its files are what the live run wrote: the same fold of the same events', () => {
    addRun(runId, journalOf(wholeRun))
    symlinkSync(runId, join(out, 'latest'))
    const { status, stdout, stderr } = report()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('8 checks: 1 failed, 1 timed out, 2 errored, 2 skipped, 2 passed (1 flaky)')
    expect(read(runId, 'run.json')).toBe(formatRunJson(reportOf(wholeRun)))
    expect(read(runId, 'junit.xml')).toBe(formatJunit(reportOf(wholeRun)))
    expect(readdirSync(join(out, runId)).sort()).toEqual([
      'events.ndjson',
      'index.html',
      'junit.xml',
      'run.json',
    ])
  })

  test('is found by id, by folder and by journal; without a name and a link the newest', () => {
    const folder = addRun(runId, journalOf(wholeRun))
    for (const name of [[runId], [folder], [join(folder, 'events.ndjson')], []]) {
      expect(report(...name, '--format', 'json', '--exit-code')).toMatchObject({
        status: 1,
        stdout: formatRunJson(reportOf(wholeRun)),
      })
    }
    expect(existsSync(join(folder, 'run.json'))).toBe(false)
  })

  test('--report writes only what it names, --format prints only what it names', () => {
    const folder = addRun(runId, journalOf(wholeRun))
    expect(report(runId, '--report', 'json').status).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['events.ndjson', 'run.json'])
    const { stdout } = report(runId, '--format', 'junit')
    expect(complaints(parseXml(stdout))).toEqual([])
    expect(report(runId, '--format', 'tree').stdout).toMatch(/^✓ k3s-cluster-simple {2}passed · executed/)
  })

  test('--junit-granularity says what a case stands for, and so does the configuration', () => {
    const folder = addRun(runId, journalOf(wholeRun))
    const casesIn = (xml: string) => xml.match(/<testcase /g)?.length
    const { stdout } = report(runId, '--format', 'junit', '--junit-granularity', 'subtest')
    expect(stdout).toBe(formatJunit(reportOf(wholeRun), { granularity: 'subtest' }))
    process.env.VMPROOF_JUNIT_GRANULARITY = 'check'
    try {
      expect(report(runId, '--report', 'junit').status).toBe(0)
      expect(casesIn(readFileSync(join(folder, 'junit.xml'), 'utf8'))).toBe(8)
    } finally {
      delete process.env.VMPROOF_JUNIT_GRANULARITY
    }
    for (const args of [['report', runId, '--out', out], ['run'], ['parse', '-', '--format', 'junit']]) {
      expect(vmproof(...args, '--junit-granularity', 'x')).toMatchObject({
        status: 2,
        stderr:
          'vmproof: --junit-granularity x: there is no such choice\n  choose assertion or subtest or check\n',
      })
    }
  })

  test('--exit-code is what the run exited with', () => {
    addRun(runId, journalOf([started, { type: 'runEnded', seconds: 1, exitCode: 4 }]))
    expect(report(runId).status).toBe(0)
    expect(report(runId, '--exit-code').status).toBe(4)
  })

  test('without colours into a pipe, with them when they are forced', () => {
    addRun(runId, journalOf(wholeRun))
    expect(report(runId).stdout).not.toContain('\x1b')
    const env = { ...process.env, NO_COLOR: '', FORCE_COLOR: '1' }
    const forced = spawnSync(process.execPath, ['harness/bin.mjs', 'report', '--out', out, runId], {
      encoding: 'utf8',
      env,
    })
    expect(forced.stdout).toContain('\x1b[31m')
  })
})

describe('a damaged journal', () => {
  const killed = wholeRun.slice(0, wholeRun.indexOf(failing.at(-1) as UnstampedRunEvent))

  test('of a killed run, cut in the middle of a line: what was measured is reported', () => {
    const folder = addRun(runId, journalOf(killed).slice(0, -40))
    const { status, stdout, stderr } = report(runId, '--exit-code')
    expect(status).toBe(130)
    expect(stderr).toBe(
      `vmproof: ${join(folder, 'events.ndjson')}: has no end, the run was cut off; what it had measured is reported\n`,
    )
    expect(stdout).toContain('! k3s-network@lossy  interrupted · executed')
    const { checks, run } = JSON.parse(read(runId, 'run.json'))
    expect(run).toMatchObject({ endedAt: null, exitCode: null })
    expect(checks[1].assertions).toHaveLength(7)
    expect(complaints(parseXml(read(runId, 'junit.xml')))).toEqual([])
  })

  test('with unknown events, empty lines, garbage and a lost head: the rest counts', () => {
    const [, ...rest] = journalOf(wholeRun).split('\n')
    const junk = [
      '',
      '{',
      'null',
      '[]',
      '{"type":"guestImageBuilt","at":"x"}',
      '\0\0\0',
      '{"type":"attemptLogged","at":"x"}',
    ]
    const folder = addRun(runId, [...junk, ...rest, ...junk].join('\n'))
    const { status, stderr } = report(runId)
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `vmproof: ${join(folder, 'events.ndjson')}: its head is lost; host and options are unknown\n`,
    })
    const { run, checks } = JSON.parse(read(runId, 'run.json'))
    expect(run.id).toBe(runId)
    expect(checks).toEqual(JSON.parse(JSON.stringify(reportOf(wholeRun).checks)))
  })

  test.each([
    ['empty', ''],
    ['of something else', 'hello\nworld\n'],
    ['binary', '\x7fELF\x02\x01\x01\0\0\0\n\xff\xfe'],
    ['of unknown events only', '{"type":"tick","at":"x"}\n'],
  ])('%s: exit 2 and no report', (_, journal) => {
    const folder = addRun(runId, journal)
    expect(report(runId)).toEqual({
      status: 2,
      stdout: '',
      stderr: `vmproof: ${join(folder, 'events.ndjson')}: holds no events of a run\n  it is empty, or not a journal of vmproof\n`,
    })
    expect(readdirSync(folder)).toEqual(['events.ndjson'])
  })

  test('missing, or no run at all: exit 2', () => {
    mkdirSync(join(out, 'x'))
    expect(report('x')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('cannot read the journal, no such file or folder'),
    })
    expect(report('nosuch')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nosuch: there is no such run'),
    })
    expect(report()).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no run has been written there'),
    })
  })

  test('a report that does not exist: exit 2', () => {
    addRun(runId, journalOf(wholeRun))
    expect(report(runId, '--report', 'pdf')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no report named "pdf"'),
    })
  })
})

test('a folder that cannot be written to: one line, exit 4, and the way out', () => {
  const folder = addRun(runId, journalOf(wholeRun))
  // A folder in the place of the file stops root as well.
  mkdirSync(join(folder, 'junit.xml'))
  const { status, stderr } = report(runId)
  expect(status).toBe(4)
  expect(stderr.split('\n').slice(0, 2)).toEqual([
    `vmproof: cannot write ${join(folder, 'junit.xml')}: it is a folder`,
    '  --format junit prints one instead',
  ])
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['index.html', 'run.json']))
})

describe('several runs', () => {
  const shard = (id: string, startedAt: string, keep: (event: UnstampedRunEvent) => boolean) =>
    addRun(id, journalOf([renamed(id, startedAt), ...wholeRun.slice(1).filter(keep)]))
  const isNetwork = (event: UnstampedRunEvent) =>
    'instance' in event && event.instance.startsWith('k3s-network')
  const first = '20261120T075331000Z-0001'
  const second = '20261120T075332000Z-0002'

  beforeEach(() => {
    shard(first, '2026-11-20T07:53:31.000Z', isNetwork)
    shard(second, '2026-11-20T07:53:32.000Z', (event) => !isNetwork(event))
  })

  test('become one in a folder of its own, the same whatever the order and however often named', () => {
    const { status, stdout } = report(second, first, join(out, first))
    expect(status).toBe(0)
    const [merged] = readdirSync(out).filter((name) => name.includes('-merged-'))
    expect(stdout).toMatch(new RegExp(`^report {2}\\S*${merged}/\\S+ \\(also .*run\\.json`, 'm'))
    const { run, checks } = JSON.parse(read(merged ?? '', 'run.json'))
    expect(run).toMatchObject({ id: merged, mergedFrom: [first, second], exitCode: 1 })
    expect(checks).toHaveLength(8)
    expect(checks[0].folder).toBe(`../${first}/k3s-network@lossy/attempt-1`)
    expect(report(first, second).status).toBe(0)
    expect(readdirSync(out).filter((name) => name.includes('-merged-'))).toHaveLength(1)
    expect(complaints(parseXml(read(merged ?? '', 'junit.xml')))).toEqual([])
  })

  test('are printed without a new folder with --format', () => {
    const { status, stdout } = report(first, second, '--format', 'json', '--exit-code')
    expect(status).toBe(1)
    expect(JSON.parse(stdout).checks).toHaveLength(8)
    expect(readdirSync(out).sort()).toEqual([first, second])
  })

  test('shards of other machines, wherever they were copied to', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'vmproof-report-'))
    try {
      for (const id of [first, second]) renameSync(join(out, id), join(elsewhere, id))
      const { status } = report(join(elsewhere, first), join(elsewhere, second, 'events.ndjson'))
      expect(status).toBe(0)
      const [merged = ''] = readdirSync(out)
      const { run, checks } = JSON.parse(read(merged, 'run.json'))
      expect(run.mergedFrom).toEqual([first, second])
      expect(join(out, merged, checks[0].folder)).toBe(join(elsewhere, first, 'k3s-network@lossy/attempt-1'))
    } finally {
      rmSync(elsewhere, { recursive: true, force: true })
    }
  })

  test('of two copies of one run the later one counts, in whatever order', () => {
    const copy = join(out, 'copy')
    mkdirSync(copy)
    const killed = journalOf([renamed(second, '2026-11-20T07:53:32.000Z'), ...wholeRun.slice(1, 12)])
    writeFileSync(join(copy, 'events.ndjson'), killed)
    const given = [
      [second, copy],
      [copy, second],
    ].map((runs) => JSON.parse(report(...runs, '--format', 'json').stdout))
    expect(given[0]).toEqual(given[1])
    expect(given[0].run.endedAt).not.toBe(null)
  })

  test('one that cannot be read: exit 2, and nothing is written', () => {
    addRun(runId, '')
    expect(report(first, runId).status).toBe(2)
    expect(readdirSync(out).sort()).toEqual([first, runId, second].sort())
  })
})
