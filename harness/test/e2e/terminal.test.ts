import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { childrenOf, processesWith, until } from '../helpers/processes.ts'
import { suite, suiteProject } from '../helpers/suites.ts'
import { type TerminalOptions, vmproofInTerminal } from '../helpers/terminal.ts'

/** Guests are made once for all tests, and for the user. */
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache') }

/** A check that waits in its subtest until the test makes a file of its name. */
function patient(name: string, then = ''): string {
  return suite(
    name,
    "nodes: { machine: { memory: '128M', vlans: [] } }",
    `
    const { machine, subtest, print } = context as any
    const { existsSync } = await import('node:fs')
    await machine.succeed('true')
    print('[PHASE 2] Network')
    await subtest('nodes join', async () => {
      await machine.succeed('sleep 2; echo 日本語')
      while (!existsSync('go-${name}')) await new Promise((done) => setTimeout(done, 50))
      ${then}
    })`,
  )
}

function project() {
  const folder = suiteProject({
    'bad.ts': patient('bad', "await machine.succeed('echo gone wrong; exit 3')"),
    'good.ts': patient('good'),
  })
  const start = (args: string[] = [], options: Partial<TerminalOptions> = {}) =>
    vmproofInTerminal(['run', ...args], {
      cwd: folder,
      columns: 100,
      rows: 24,
      ...options,
      env: { ...env, ...options.env },
    })
  return { folder, start, allow: (name: string) => writeFileSync(join(folder, `go-${name}`), '') }
}

/** Times and run ids differ from run to run. */
function masked(rows: string[]): string[] {
  return rows.map((row) =>
    row
      .replace(/\b\d+:\d\d\b/g, '0:00')
      .replace(/\d{8}T\d{9}Z-\w{4}/g, 'RUN')
      .replace(/\b\d+(\.\d+)? (ms|s)\b/g, '1 s'),
  )
}

/** Whether the last row sums up and these checks are above it. */
const isLive =
  (...parts: string[]) =>
  (rows: string[]) =>
    / · \d+:\d\d/.test(rows.at(-1) ?? '') && parts.every((part) => rows.join('\n').includes(part))

test('screen by screen: the start, new sizes, a failure while another check runs, the end', async () => {
  const { start, allow } = project()
  const { screen, seen, resize, ended } = start(['--jobs', '2', '--memory', '8G'])
  const waits = 'machine: succeed sleep 2; echo 日本語'
  const both = await seen((rows) => rows.filter((row) => row.endsWith(waits)).length === 2)
  expect(masked(both).slice(-3)).toEqual([
    `0:00  bad   [PHASE 2] Network › nodes join › ${waits}`,
    `0:00  good  [PHASE 2] Network › nodes join › ${waits}`,
    '2 running · 0:00 · 512 MiB of 8 GiB · 2 of 2 jobs',
  ])
  const settled = (row: string) => /Network › nodes join$/.test(row)
  await seen((rows) => rows.filter(settled).length === 2)

  await resize(40, 24)
  expect(masked(await seen(isLive('bad\n     [PHASE')))).toEqual([
    '0:00 bad',
    '     [PHASE 2] Network › nodes join',
    '0:00 good',
    '     [PHASE 2] Network › nodes join',
    '2 running · 0:00 · 512 MiB of 8 GiB',
  ])
  await resize(20, 24)
  expect(masked(await seen(isLive('bad\n     nodes')))).toEqual([
    '0:00 bad',
    '     nodes join',
    '0:00 good',
    '     nodes join',
    '2 running · 0:00',
  ])
  await resize(100, 24)
  await seen(isLive('bad   [PHASE'))

  allow('bad')
  const failed = masked(await seen(isLive(' FAILED  bad')))
  expect(failed.slice(0, 6)).toEqual([
    '      ✗  bad',
    '         [PHASE 2] Network › nodes join',
    expect.stringMatching(/^ {9}machine: succeed \(log line \d+, 1 s\)$/),
    '         command `echo gone wrong; exit 3` failed (exit code 3)',
    '         output',
    '           │ gone wrong',
  ])
  expect(failed.filter((row) => row.startsWith('0:00  '))).toEqual([
    '0:00  good  [PHASE 2] Network › nodes join',
  ])
  expect(failed.at(-1)).toBe('1 failed · 1 running · 0:00 · 256 MiB of 8 GiB · 1 of 2 jobs')

  allow('good')
  expect(await ended).toBe(1)
  const end = masked(await screen.text())
  expect(end.slice(-4)).toEqual([
    '',
    '2 checks: 1 failed, 1 passed · 7 assertions: 5 passed, 2 failed · 1 s',
    'report  reports/RUN/index.html (also junit.xml, run.json)',
    expect.stringMatching(/^again {3}node \S+bin\.mjs run bad$/),
  ])
  expect(end.filter((row) => row.startsWith('0:00'))).toEqual([])
  expect(end.filter((row) => row.includes(' PASSED  good'))).toHaveLength(1)
  expect(screen.isAsBefore()).toBe(true)
})

test('a second run knows how long it takes', async () => {
  const { start, allow } = project()
  allow('good')
  expect(await start(['good']).ended).toBe(0)
  const { seen, ended } = start(['good'])
  await seen((rows) => /^1 running · \d+:\d\d · (~\d+ s left|almost done)/.test(rows.at(-1) ?? ''))
  expect(await ended).toBe(0)
})

describe('the terminal is given back', () => {
  test('after Ctrl-C, with the way to go on', async () => {
    const { start } = project()
    const { screen, type, seen, ended } = start()
    await seen(isLive('nodes join'))
    type('\x03')
    expect(await ended).toBe(130)
    const rows = masked(await screen.text())
    expect(rows).toContain('         SIGINT: stopping; once more stops at once')
    expect(rows.join('\n')).not.toContain('^C')
    expect(rows.at(-1)).toMatch(/^resume {2}node \S+bin\.mjs run --resume RUN$/)
    expect(screen.isAsBefore()).toBe(true)
  })

  test('after a second Ctrl-C, which does not wait', async () => {
    const { start } = project()
    const { screen, type, seen, ended, pid } = start(['good'])
    await seen(isLive('nodes join'))
    // A driver that does not react makes the graceful way long.
    for (const child of childrenOf(pid())) process.kill(child, 'SIGSTOP')
    type('\x03')
    await seen((rows) => rows.some((row) => row.includes('once more stops at once')))
    await sleep(1100)
    type('\x03')
    expect(await ended).toBe(130)
    expect((await screen.text()).at(-1)).toContain('SIGINT: stopping')
    expect(screen.isAsBefore()).toBe(true)
  })

  test('while it is stopped with Ctrl-Z; fg goes on', async () => {
    const { start, allow } = project()
    const shell = (command: string) =>
      `exec bash --norc -c 'set -m; "$@"; echo stopped; read; fg >&-' - ${command}`
    const { screen, type, seen, ended } = start(['good'], { shell })
    await seen(isLive('nodes join'))
    type('\x1a')
    const stopped = await seen((rows) => rows.includes('stopped'))
    expect(stopped.join('\n')).not.toContain('running')
    expect(screen.isAsBefore()).toBe(true)
    type('\r')
    await seen(isLive('nodes join'))
    allow('good')
    expect(await ended).toBe(0)
    expect(screen.isAsBefore()).toBe(true)
  })
})

describe('nothing is drawn', () => {
  test.each([
    ['in a dumb terminal', { TERM: 'dumb' }, []],
    ['in a CI job that has a terminal', { CI: 'true' }, []],
    ['when it shall be quiet', {}, ['--quiet']],
  ])('%s', async (_, variables, args) => {
    const { start, allow } = project()
    allow('good')
    const { screen, ended } = start(['good', ...args], { env: variables })
    expect(await ended).toBe(0)
    // Colours are no drawing.
    expect(screen.bytes.replace(/\x1b\[\d*m/g, '')).not.toContain('\x1b')
    const rows = await screen.text()
    expect(rows.some((row) => row.includes('PASSED'))).toBe(args.length === 0)
    expect(rows.at(-1)).toContain('index.html')
  })
})

test('links and the title reach a terminal that knows them, and nobody else', async () => {
  const { start, allow } = project()
  allow('good')
  const kitty = start(['good'], { env: { TERM: 'xterm-kitty' } })
  expect(await kitty.ended).toBe(0)
  expect(kitty.screen.bytes).toMatch(
    /\x1b\]8;;file:\/\/\/\S*\/index\.html\x1b\\reports\/\S+\/index\.html\x1b\]8;;\x1b\\/,
  )
  expect(kitty.screen.bytes).toContain('\x1b]2;vmproof · 0/1\x1b\\')
  expect(kitty.screen.bytes).toContain('\x1b]2;\x1b\\\x1b[23;2t')
  const screenful = start(['good'], { env: { TERM: 'screen' } })
  expect(await screenful.ended).toBe(0)
  expect(screenful.screen.bytes).not.toContain('\x1b]')
})

test('a run that is sent to the background draws nothing over the shell', async () => {
  const { start, allow } = project()
  const shell = (command: string) => `exec bash --norc -c 'set -m; "$@" & read; wait %1' - ${command}`
  const { screen, type, seen, ended } = start(['good'], { shell })
  await until(() => processesWith('suite-driver').length > 0)
  allow('good')
  await seen((rows) => rows.some((row) => row.includes('again') || row.includes('index.html')))
  type('\r')
  expect(await ended).toBe(0)
  expect(screen.bytes).not.toContain('\x1b[?25l')
})
