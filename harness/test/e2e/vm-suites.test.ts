import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { CheckReport, RunReport } from '../../model/report.ts'
import { findOnPath } from '../../process/find-program.ts'
import { parentOf } from '../../process/process-table.ts'
import { nixProject } from '../helpers/nix-project.ts'
import { processesWith, until } from '../helpers/processes.ts'
import { suite, suiteProject, writeSuite } from '../helpers/suites.ts'
import { startVmproof, vmproof } from '../helpers/vmproof.ts'

/** Guests are made once for all tests, and for the user. */
const userCache = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache') }

/** One small node of this name. */
function node(name: string, facts = ''): string {
  return `nodes: { ${name}: { memory: '128M', vlans: []${facts} } }`
}

/** A project whose drivers keep their sockets in a folder of its own. */
function project(suites: Record<string, string>) {
  const files = Object.entries(suites).map(([name, source]) => [`${name}.ts`, source])
  const folder = suiteProject(Object.fromEntries(files))
  const temporary = join(folder, 't')
  mkdirSync(temporary)
  const env = { ...userCache, TMPDIR: temporary }
  return {
    folder,
    run: (...args: string[]) => vmproof(['run', ...args], folder, env),
    start: (...args: string[]) => startVmproof(['run', ...args], folder, env),
    leftBehind: () => readdirSync(temporary),
  }
}

async function runAll(suites: Record<string, string>) {
  const { folder, run, leftBehind } = project(suites)
  const { code, stdout } = await run('--json')
  const report = JSON.parse(stdout) as RunReport
  const checks = Object.fromEntries(report.checks.map((check) => [check.name, check]))
  const fileOf = ({ folder: attempt }: CheckReport, name: string) =>
    join(folder, 'reports/latest', attempt ?? '', name)
  return { code, checks: checks as Record<string, CheckReport>, fileOf, left: leftBehind() }
}

test('each suite comes to what it is, unharmed by the others', async () => {
  const { code, checks, fileOf, left } = await runAll({
    good: suite(
      'good',
      node('machine'),
      `
      const { machine, print, metric } = context as any
      print('[PHASE 1] first')
      console.log('printed by console.log')
      await machine.succeed('true')
      metric({ name: 'size', value: 7, unit: 'MiB' })`,
    ),
    bad: suite('bad', node('machine'), "await context.machine.succeed('exit 3')"),
    floods: suite(
      'floods',
      node('machine'),
      `
      await context.machine.succeed('timeout 2 yes "a line without an end in sight" > /dev/console || true')`,
    ),
    leaves: suite('leaves', node('machine'), "await context.machine.succeed('true'); process.exit(0)"),
    loops: suite('loops', `timeout: '2s', ${node('machine')}`, 'for (;;) {}'),
    mute: suite(
      'mute',
      `timeout: '4s', ${node('machine', ", qemuOptions: ['-append', 'rdinit=/bin/sleep -- 100000']")}`,
      "await context.machine.succeed('true')",
    ),
    throws: 'throw new Error("at once")',
    'exports-nothing': 'const check = 1',
    greedy: suite('greedy', "nodes: { machine: { memory: '900G' } }"),
    unknown: suite('unknown', node('machine', ", guest: { packages: ['no-such-package-anywhere'] }")),
  })
  expect(code).toBe(1)
  expect(left).toEqual([])
  const outcomes = Object.fromEntries(Object.values(checks).map(({ name, outcome }) => [name, outcome]))
  expect(outcomes).toEqual({
    good: 'passed',
    bad: 'failed',
    floods: 'passed',
    leaves: 'failed',
    loops: 'timed-out',
    mute: 'timed-out',
    throws: 'errored',
    'exports-nothing': 'errored',
    greedy: 'skipped',
    unknown: 'errored',
  })
  const { good, bad, floods, leaves, loops, mute, throws, greedy, unknown } = checks as Record<
    string,
    CheckReport
  >
  if (!good || !floods) throw new Error('not in the report')
  expect(good).toMatchObject({
    kind: 'vm',
    execution: 'executed',
    nodes: [{ name: 'machine', booted: true }],
  })
  expect(good.assertions).toMatchObject([{ kind: 'succeed', phase: '[PHASE 1] first', outcome: 'passed' }])
  expect(good.metrics).toEqual([{ name: 'size', value: 7, unit: 'MiB', node: null }])
  expect(readFileSync(fileOf(good, 'driver.log'), 'utf8')).toContain('\nprinted by console.log\n')
  expect(bad?.failure).toMatchObject({ kind: 'succeed', message: expect.stringMatching(/exit code 3/) })
  expect(statSync(fileOf(floods, 'machine.console.txt')).size).toBeGreaterThan(20_000)
  expect(leaves?.failure).toMatchObject({
    kind: 'python',
    message: 'the test script ended the driver process (exit code 0)',
  })
  expect(leaves?.nodes).toMatchObject([{ name: 'machine', booted: true }])
  expect(loops?.failure).toMatchObject({ kind: 'timeout' })
  expect(mute?.failure).toMatchObject({
    kind: 'timeout',
    message: expect.stringMatching(/never gave a shell/),
  })
  expect(throws?.failure?.message).toMatch(/throws\.ts:1: loading it throws Error: at once/)
  expect(greedy?.reason).toMatch(/900\.1 GiB of memory, .* may be used/)
  expect(unknown?.failure).toMatchObject({
    kind: 'build',
    message: expect.stringMatching(/no-such-package-anywhere/),
  })
})

describe('a run that is ended leaves nothing', () => {
  const waits = "print('ready'); await node.succeed('sleep 1000')"
  const loops = "print('ready'); for (;;) {}"

  /** A check that has booted its node and goes on for ever. @param name of the node, finds its processes */
  async function endless(name: string, body: string) {
    const start = `const { ${name}: node, print } = context; await node.succeed('true'); ${body}`
    const one = project({ endless: suite('endless', node(name), start) })
    const running = one.start('--json')
    const log = join(one.folder, 'reports/latest/endless/attempt-1/driver.log')
    await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('\nready\n'))
    const isGone = () => processesWith(name).length === 0 && one.leftBehind().length === 0
    return { ...running, isGone }
  }

  test('by Ctrl-C: it reports what it was', async () => {
    const { child, ended, isGone } = await endless('zebra', waits)
    child.kill('SIGINT')
    const { code, stdout } = await ended
    expect(code).toBe(130)
    const nodes = [{ name: 'zebra', booted: true }]
    expect(JSON.parse(stdout).checks).toMatchObject([{ outcome: 'interrupted', nodes }])
    expect(isGone()).toBe(true)
  })

  test('by Ctrl-C twice, while its script hears nothing', async () => {
    const { child, ended, isGone } = await endless('okapi', loops)
    child.kill('SIGINT')
    // Within a second it would be the same request.
    await sleep(1100)
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    await until(isGone)
  })

  test.each([
    ['waits', 'tapir', waits],
    ['hears nothing', 'gecko', loops],
  ])('by SIGKILL, while its script %s', async (_, name, body) => {
    const { child, isGone } = await endless(name, body)
    child.kill('SIGKILL')
    await until(isGone)
  })

  test('by SIGKILL of its driver, while that had stopped its VM to kill it', async () => {
    const { ended } = await endless('lemur', waits)
    const [vm = 0] = processesWith('-name lemur ')
    process.kill(vm, 'SIGSTOP')
    process.kill(parentOf(vm) ?? 0, 'SIGKILL')
    await until(() => processesWith('lemur').length === 0)
    expect((await ended).code).toBe(4)
  })
})

test('two harnesses at once do not disturb each other', async () => {
  const body = "await context.machine.succeed('hostname', 'sleep 1')"
  const both = project({ one: suite('one', node('machine'), body), two: suite('two', node('machine'), body) })
  const runs = await Promise.all([
    both.run('--out', 'a', '--jobs', '2'),
    both.run('--out', 'b', '--jobs', '2'),
  ])
  expect(runs.map(({ code }) => code)).toEqual([0, 0])
  expect(both.leftBehind()).toEqual([])
})

describe('suites beside Nix', () => {
  const good = {
    boots: suite('boots', "tags: ['fast'], topologies: ['simple', 'vlans'], nodes: { machine: {} }"),
  }

  test('are listed with what they need, and planned', async () => {
    const { folder, run } = project(good)
    const { stdout } = await vmproof(['list', '--json'], folder, userCache)
    expect(JSON.parse(stdout).checks).toMatchObject([
      { name: 'boots', kind: 'vm', tags: ['fast'], evaluated: true, memoryMiB: 320, runnable: true },
      { name: 'boots-vlans', kind: 'vm', tags: ['fast', 'topology'] },
    ])
    const plan = JSON.parse((await run('--dry-run', '--json', '--accel', 'tcg')).stdout)
    expect(plan.plan).toMatchObject([
      { action: 'run', accelerator: 'tcg', timeoutSeconds: 2400 },
      { action: 'run' },
    ])
  })

  test('are all there is where Nix is not installed, unless Nix was asked for', async () => {
    const { folder } = project(good)
    writeFileSync(join(folder, 'flake.nix'), '{ outputs = _: { }; }')
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    for (const name of ['node', 'setpriv']) symlinkSync(findOnPath(name) ?? '', join(bin, name))
    const without = { ...userCache, PATH: bin, HOME: folder }
    const { code, stdout, stderr } = await vmproof(['list'], folder, without)
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^Nix is not installed here: only/),
    })
    expect(stdout).toMatch(/^boots .* no: there is no program qemu-system-/m)
    const asked = await vmproof(['list', '--kind', 'nixos'], folder, without)
    expect(asked).toMatchObject({ code: 4, stdout: '' })
  })

  test('share their names with nothing of Nix', async () => {
    const folder = nixProject({ boots: 'exit 0', other: 'exit 0' })
    writeSuite(folder, 'boots.ts', good.boots)
    const { code, stderr } = await vmproof(['run', 'boots', '--dry-run'], folder, userCache)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^vmproof: boots: there is a check/),
    })
    const plan = async (...args: string[]) => {
      const { stdout } = await vmproof(['run', '--dry-run', '--json', ...args], folder, userCache)
      return JSON.parse(stdout).plan.map(({ check, kind }: { check: string; kind: string }) => [check, kind])
    }
    expect(await plan('boots', '--kind', 'vm')).toEqual([['boots', 'vm']])
    expect(await plan('boots', '--kind', 'nixos')).toEqual([['boots', 'nixos']])
    expect(await plan('other', 'boots-vlans')).toEqual([
      ['boots-vlans', 'vm'],
      ['other', 'nixos'],
    ])
  })

  test('are there when the place of Nix cannot be read', async () => {
    const { folder } = project(good)
    const args = ['list', '--flake', '/nowhere', '--suites', 'suites/vm']
    const { code, stderr } = await vmproof(args, folder, userCache)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/\n {2}--kind vm leaves the checks/),
    })
    expect((await vmproof([...args, '--kind', 'vm'], folder, userCache)).stdout).toMatch(/^boots /m)
  })

  test('options that are for Nix alone are told', async () => {
    const { stdout } = await project(good).run('--dry-run', '--no-force')
    expect(stdout).toMatch(/--no-force: changes nothing, all selected checks are of kind vm/)
  })
})
