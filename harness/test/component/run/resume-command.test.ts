import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunReport } from '../../../model/report.ts'
import type { RunEvent } from '../../../model/run-event.ts'
import { fail, pass, passWhen } from '../../helpers/driver-scripts.ts'
import { nixProject } from '../../helpers/nix-project.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { startVmproof, vmproof } from '../../helpers/vmproof.ts'

/** A project in which checks can be made to wait: `waits(name)` passes as soon as `go(name)` was called. */
function project(checks: (waits: (name: string) => string) => Record<string, string>, config = '') {
  const flags = scratchFolder()
  const waits = (name: string) => passWhen(join(flags, name))
  const folder = nixProject(checks(waits), config)
  return { folder, go: (name: string) => writeFileSync(join(flags, name), '') }
}

/** Starts a run and ends it when a check has had its first assertion. */
async function cutOff(folder: string, args: string[], at: string, signal: NodeJS.Signals = 'SIGKILL') {
  const running = startVmproof(['run', '--verbose', ...args], folder)
  await running.seen(`✓  ${at}  machine`)
  running.child.kill(signal)
  await running.ended
}

const resume = (folder: string, ...args: string[]) => vmproof(['run', '--resume', 'latest', ...args], folder)

function readReport(folder: string): RunReport {
  return JSON.parse(readFileSync(join(folder, 'reports/latest/run.json'), 'utf8'))
}

function readJournal(folder: string): RunEvent[] {
  const text = readFileSync(join(folder, 'reports/latest/events.ndjson'), 'utf8')
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as RunEvent]
    } catch {
      return []
    }
  })
}

function started(folder: string): string[] {
  return readJournal(folder).flatMap((event) =>
    event.type === 'attemptStarted' ? [`${event.instance}#${event.attempt}`] : [],
  )
}

const outcomes = (folder: string) =>
  readReport(folder).checks.map(({ name, outcome, attempts }) => `${name} ${outcome} ${attempts}`)

const three = (waits: (name: string) => string) => ({ a: pass, b: waits('b'), c: pass })

test('after kill -9 the rest runs, in the same folder, to one complete report', async () => {
  const { folder, go } = project(three)
  await cutOff(folder, ['--jobs', '1', '--retries', '0'], 'b')
  const journal = join(folder, 'reports/latest/events.ndjson')
  // The line that was written when it was killed.
  appendFileSync(journal, '{"at":"2026-')
  go('b')
  const { code, stdout } = await resume(folder)
  expect(code).toBe(0)
  expect(stdout).toMatch(/resuming \S+: 2 to go, 1 done/)
  expect(started(folder)).toEqual(['a#1', 'b#1', 'b#2', 'c#1'])
  expect(outcomes(folder)).toEqual(['a passed 1', 'b passed 2', 'c passed 1'])
  const { run, checks } = readReport(folder)
  expect(run).toMatchObject({
    exitCode: 0,
    interrupted: false,
    command: ['vmproof', 'run', '--verbose', '--jobs', '1', '--retries', '0'],
  })
  expect(run.resumptions).toMatchObject([{ command: ['vmproof', 'run', '--resume', 'latest'] }])
  expect(checks[1]).toMatchObject({
    flaky: false,
    folder: 'b/attempt-2',
    earlier: [{ attempt: 1, outcome: 'interrupted', folder: 'b/attempt-1' }],
  })
  expect(readdirSync(join(folder, 'reports')).sort()).toEqual([run.id, 'history', 'latest'])
  expect(readdirSync(join(folder, 'reports/latest')).sort()).toEqual([
    'a',
    'b',
    'c',
    'events.ndjson',
    'index.html',
    'junit.xml',
    'run.json',
  ])
})

test('the journal alone gives the report of the live run, and history has each attempt once', async () => {
  const { folder, go } = project(three)
  await cutOff(folder, ['--jobs', '1'], 'b')
  go('b')
  await resume(folder)
  const live = readFileSync(join(folder, 'reports/latest/run.json'), 'utf8')
  const rebuilt = await vmproof(['report', 'latest', '--format', 'json', '--exit-code'], folder)
  expect(rebuilt).toMatchObject({ code: 0, stdout: live })
  const [file = ''] = readdirSync(join(folder, 'reports/history'))
  const records = readFileSync(join(folder, 'reports/history', file), 'utf8')
    .trimEnd()
    .split('\n')
  expect(records.map((line) => JSON.parse(line)).map(({ check, attempt }) => `${check}#${attempt}`)).toEqual([
    'a#1',
    'b#2',
    'c#1',
  ])
})

test('after Ctrl-C, twice; what was interrupted keeps what it had measured until it runs again', async () => {
  const { folder, go } = project(three)
  await cutOff(folder, ['--jobs', '1'], 'b', 'SIGINT')
  expect(outcomes(folder)).toEqual(['a passed 1', 'b interrupted 1', 'c skipped 0'])
  await cutOff(folder, ['--resume', 'latest'], 'b (attempt 2)', 'SIGTERM')
  expect(outcomes(folder)).toContain('b interrupted 2')
  expect(readReport(folder).run).toMatchObject({
    exitCode: 143,
    interrupted: true,
    endedAt: expect.any(String),
  })
  go('b')
  expect((await resume(folder)).code).toBe(0)
  expect(outcomes(folder)).toEqual(['a passed 1', 'b passed 3', 'c passed 1'])
  const { run } = readReport(folder)
  expect(run).toMatchObject({ exitCode: 0, interrupted: false, signal: null })
  expect(run.resumptions).toHaveLength(2)
  const [first, second] = run.resumptions ?? []
  expect(second?.secondsBefore).toBeGreaterThan(first?.secondsBefore ?? 0)
  expect(run.seconds).toBeGreaterThan(second?.secondsBefore ?? 0)
})

test('options come from the run, those given now win', async () => {
  const { folder, go } = project((waits) => ({ bad: fail, z: waits('z') }))
  await cutOff(folder, ['--jobs', '1', '--report', 'json'], 'z')
  const plan = await resume(folder, '--dry-run', '--json')
  expect(JSON.parse(plan.stdout)).toMatchObject({
    budget: { jobs: 1 },
    plan: [
      { check: 'bad', action: 'done', reason: 'failed already' },
      { check: 'z', action: 'run' },
    ],
  })
  go('z')
  // With --fail-fast the failure that stands keeps all else from starting.
  const fast = await resume(folder, '--fail-fast')
  expect(fast.code).toBe(1)
  expect(fast.stdout).toContain('not started, because bad did not pass (--fail-fast)')
  expect(outcomes(folder)).toEqual(['bad failed 1', 'z skipped 1'])
  expect(existsSync(join(folder, 'reports/latest/junit.xml'))).toBe(false)
})

test('a failure stands, unless retries are left or given now', async () => {
  const { folder, go } = project((waits) => ({ bad: fail, z: waits('z') }))
  await cutOff(folder, ['--jobs', '1'], 'z')
  go('z')
  const { code } = await resume(folder, '--retries', '1')
  expect(code).toBe(1)
  expect(started(folder).toSorted()).toEqual(['bad#1', 'bad#2', 'z#1', 'z#2'])
  expect(outcomes(folder)).toEqual(['bad failed 2', 'z passed 2'])
})

test('what was selected then is what counts, whatever has happened since', async () => {
  const { folder, go } = project((waits) => ({ a: pass, b: waits('b'), c: fail }))
  await vmproof(['run', 'c'], folder)
  await cutOff(folder, ['--shard', '1/2', '--jobs', '1'], 'b').catch(() => {})
  go('b')
  const selected = readJournal(folder).find(({ type }) => type === 'checksSelected')
  await vmproof(['run', 'a', '--out', 'elsewhere'], folder)
  const { code } = await resume(folder)
  const names = selected?.type === 'checksSelected' ? selected.checks.map(({ name }) => name) : []
  expect(
    readReport(folder)
      .checks.map(({ name }) => name)
      .toSorted(),
  ).toEqual(names.toSorted())
  expect(code).toBe(names.includes('c') ? 1 : 0)
})

test('cut off before anything was planned', async () => {
  const { folder } = project(() => ({ a: pass }))
  const running = startVmproof(['run'], folder)
  await running.seen('evaluating a')
  running.child.kill('SIGKILL')
  await running.ended
  expect(readJournal(folder).map(({ type }) => type)).toEqual(['runStarted', 'checksSelected'])
  expect((await resume(folder)).code).toBe(0)
  expect(outcomes(folder)).toEqual(['a passed 1'])
})

test('cut off at its very end: nothing runs again, and the report is written', async () => {
  const { folder } = project(() => ({ a: pass, bad: fail }))
  await vmproof(['run'], folder)
  const journal = join(folder, 'reports/latest/events.ndjson')
  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n')
  writeFileSync(journal, `${lines.slice(0, -1).join('\n')}\n`)
  const { code, stdout } = await resume(folder)
  expect(code).toBe(1)
  expect(stdout).toMatch(/0 to go, 2 done/)
  expect(started(folder)).toHaveLength(2)
  expect(readReport(folder).run).toMatchObject({ exitCode: 1, endedAt: expect.any(String) })
})

test('a layer that was broken by the loss of the runner is built on again', async () => {
  const groups = `[groups.low]\nchecks = ["low"]\n[groups.high]\nchecks = ["high"]\nneeds = ["low"]\n`
  const { folder, go } = project((waits) => ({ low: waits('low'), high: pass }), groups)
  await cutOff(folder, [], 'low')
  go('low')
  expect((await resume(folder)).code).toBe(0)
  expect(outcomes(folder)).toEqual(['high passed 1', 'low passed 2'])
})

describe('is refused with a clear line', () => {
  test('while it goes on; also by a second resume', async () => {
    const { folder, go } = project((waits) => ({ b: waits('b') }))
    const running = startVmproof(['run', '--verbose'], folder)
    await running.seen('✓  b  machine')
    const refused = await resume(folder)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(new RegExp(`this run still goes on, in process ${running.pid}\\n`))
    running.child.kill('SIGKILL')
    await running.ended
    const both = [1, 2].map(() => startVmproof(['run', '--resume', 'latest', '--verbose'], folder))
    await Promise.any(both.map(({ seen }) => seen('✓  b (attempt 2)')))
    go('b')
    const ended = await Promise.all(both.map((one) => one.ended))
    expect(ended.map(({ code }) => code).toSorted()).toEqual([0, 2])
    expect(started(folder)).toEqual(['b#1', 'b#2'])
  })

  test('when it is complete: with its own exit code', async () => {
    const { folder } = project(() => ({ bad: fail }))
    await vmproof(['run'], folder)
    const again = await resume(folder)
    expect(again.code).toBe(1)
    expect(again.stdout).toMatch(/this run came to its end, nothing is left to do\n$/)
    const json = await resume(folder, '--json')
    expect(JSON.parse(json.stdout)).toEqual(readReport(folder))
  })

  test('when a check of it does not exist any more', async () => {
    const { folder } = project(three)
    await cutOff(folder, ['--jobs', '1'], 'b')
    const file = join(folder, 'default.nix')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"c" = check', '"d" = check'))
    const { code, stderr } = await resume(folder)
    expect(code).toBe(2)
    expect(stderr).toMatch(/cannot go on, there is no c here any more\n {2}resume it in the folder/)
    expect(readdirSync(join(folder, 'reports/latest'), {}).filter((name) => name.includes('lock'))).toEqual(
      [],
    )
  })

  test.each([
    ['another selection', ['a'], /--resume: goes on with what the run was about/],
    ['a tag', ['--tag', 'x'], /leave out names, tags/],
    ['a part', ['--shard', '1/2'], /leave out names, tags/],
  ])('with %s', async (_, args, message) => {
    const { folder } = project(() => ({ a: pass }))
    const { code, stderr } = await resume(folder, ...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  test('where there is no such run, or its journal lost its head', async () => {
    const { folder } = project(() => ({ a: pass }))
    expect((await vmproof(['run', '--resume', 'nosuch'], folder)).stderr).toMatch(
      /nosuch: there is no such run/,
    )
    await vmproof(['run'], folder)
    const journal = join(folder, 'reports/latest/events.ndjson')
    const [, ...rest] = readFileSync(journal, 'utf8').split('\n')
    writeFileSync(journal, rest.join('\n'))
    const { code, stderr } = await resume(folder)
    expect(code).toBe(2)
    expect(stderr).toMatch(/events\.ndjson: does not tell what was to be run/)
  })
})
