import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CheckReport, RunReport } from '../../../model/report.ts'
import { fail, pass } from '../../helpers/driver-scripts.ts'
import { nixProject } from '../../helpers/nix-project.ts'
import { canMount, smallDisk } from '../../helpers/small-disk.ts'
import { vmproof } from '../../helpers/vmproof.ts'

function readReport(folder: string): RunReport {
  return JSON.parse(readFileSync(join(folder, 'reports/latest/run.json'), 'utf8'))
}

function outcomes(checks: CheckReport[]) {
  return Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]))
}

test('a run that passes: exit code 0, reports, a link to the newest', async () => {
  const folder = nixProject({ good: pass })
  const { code, stdout, stderr } = await vmproof(['run'], folder)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/PASSED {2}good {2}executed/)
  const { run, checks } = readReport(folder)
  expect(run).toMatchObject({ exitCode: 0, interrupted: false, command: ['vmproof', 'run'] })
  expect(checks).toMatchObject([
    { name: 'good', outcome: 'passed', execution: 'executed', attempts: 1, notes: [] },
  ])
  expect(readlinkSync(join(folder, 'reports/latest'))).toBe(run.id)
  expect(existsSync(join(folder, 'reports/latest/junit.xml'))).toBe(true)
})

test('--verbose tells what goes well, too', async () => {
  const folder = nixProject({ good: pass })
  const { stdout } = await vmproof(['run', '--verbose'], folder)
  expect(stdout).toContain('✓  good  machine: succeed true  10 ms\n')
  expect((await vmproof(['run'], folder)).stdout).not.toContain('✓')
})

test('a failure is exit code 1; --last-failed runs only that again', async () => {
  const folder = nixProject({ good: pass, bad: fail })
  expect((await vmproof(['run'], folder)).code).toBe(1)
  expect(outcomes(readReport(folder).checks)).toEqual({ good: 'passed', bad: 'failed' })
  expect(readReport(folder).checks[0]?.failure).toMatchObject({
    kind: 'succeed',
    node: 'machine',
    assertion: 0,
  })
  expect((await vmproof(['run', '--last-failed'], folder)).code).toBe(1)
  expect(outcomes(readReport(folder).checks)).toEqual({ bad: 'failed' })
  expect((await vmproof(['run', 'good'], folder)).code).toBe(0)
  const nothing = await vmproof(['run', '--last-failed'], folder)
  expect(nothing).toMatchObject({ code: 3, stderr: expect.stringContaining('everything passed') })
})

test('--json puts the report, and nothing else, on standard output', async () => {
  const folder = nixProject({ good: pass })
  const { code, stdout, stderr } = await vmproof(['run', '--json'], folder)
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual(readReport(folder))
  expect(stderr).toContain('1 check: 1 passed')
})

test('--dry-run shows the plan and runs nothing', async () => {
  const folder = nixProject({ good: pass, bad: fail }, '[[checks]]\nmatch = "bad"\nmemory = "900G"\n')
  const { code, stdout } = await vmproof(['run', '--dry-run'], folder)
  expect(code).toBe(0)
  expect(stdout).toMatch(/would run 1 of 2/)
  expect(stdout).toMatch(/- bad +skipped: its VMs need 900 GiB of memory/)
  expect(existsSync(join(folder, 'reports'))).toBe(false)
  const json = await vmproof(['run', 'bad', '--dry-run', '--json'], folder)
  expect(json.code).toBe(5)
  expect(JSON.parse(json.stdout)).toMatchObject({ schema: 1, plan: [{ check: 'bad', action: 'skip' }] })
})

test('what cannot run here is skipped with a reason: 5 when it was named, 3 when nothing else is there', async () => {
  const folder = nixProject({ large: pass }, '[[checks]]\nmatch = "*"\nmemory = "900G"\n')
  const named = await vmproof(['run', 'large'], folder)
  expect(named.code).toBe(5)
  expect(named.stdout).toContain('its VMs need 900 GiB of memory')
  expect((await vmproof(['run'], folder)).code).toBe(3)
})

test('what is no VM test is left out unless it is named in full', async () => {
  const folder = nixProject({ good: pass, format: 'true' }, '[[checks]]\nmatch = "format"\nvm-test = false\n')
  const all = await vmproof(['run'], folder)
  expect(all.stdout).toContain('left out, not a VM test: format')
  expect(outcomes(readReport(folder).checks)).toEqual({ good: 'passed' })
  expect((await vmproof(['run', 'format'], folder)).code).toBe(0)
  expect(readReport(folder).checks).toMatchObject([
    { name: 'format', outcome: 'passed', notes: [expect.stringContaining('not a VM test')] },
  ])
})

test('shards are parts of a whole', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const folder = nixProject(Object.fromEntries(names.map((name) => [name, pass])))
  const parts: string[] = []
  for (const shard of ['1/2', '2/2']) {
    const { stdout } = await vmproof(['run', '--dry-run', '--json', '--shard', shard], folder)
    parts.push(...JSON.parse(stdout).plan.map(({ check }: { check: string }) => check))
  }
  expect(parts.toSorted()).toEqual(names)
})

test('without force a valid result is skipped with its earlier assertions, and never a pass', async () => {
  const folder = nixProject({ good: pass })
  expect((await vmproof(['run'], folder)).code).toBe(0)
  expect((await vmproof(['run', 'good', '--no-force'], folder)).code).toBe(5)
  expect(readReport(folder).checks).toMatchObject([
    {
      outcome: 'skipped',
      execution: 'cached',
      skip: 'cached',
      assertions: [{ kind: 'succeed', text: 'true' }],
    },
  ])
  expect((await vmproof(['run', 'good', '--no-force', '--cached', 'fail'], folder)).code).toBe(1)
})

test('a name that starts with a dash stands behind --', async () => {
  const folder = nixProject({ '-dash': pass, good: pass })
  expect((await vmproof(['run', '--', '-dash'], folder)).code).toBe(0)
  expect(outcomes(readReport(folder).checks)).toEqual({ '-dash': 'passed' })
  const { stdout } = await vmproof(['list', '--json', '--', '-dash'], folder)
  expect(JSON.parse(stdout).checks).toMatchObject([{ name: '-dash', runnable: true }])
})

test.each([
  ['an unknown name behind --', ['run', '--', '-x'], 3, /-x: there is no check of this name/],
  ['an unknown name', ['run', 'godo'], 3, /godo: there is no check of this name\n {2}did you mean good\?/],
  ['a glob for nothing', ['run', 'x*'], 3, /x\*: no check has a name like this/],
  ['a tag for nothing', ['run', '--tag', 'x'], 3, /nothing to run: none of 1 check has the tag x/],
  ['a strange number', ['run', '--jobs', 'many'], 2, /--jobs/],
  ['no attempt at all', ['run', '--retries', '-1'], 2, /--retries/],
  ['a report that does not exist', ['run', '--report', 'pdf'], 2, /there is no report named "pdf"/],
  ['a part that does not exist', ['run', '--shard', '3/2'], 2, /--shard 3\/2/],
  ['a strange duration', ['run', '--timeout', 'soon'], 2, /--timeout soon: not a duration/],
  ['no earlier run', ['run', '--last-failed'], 3, /no run has been written to reports/],
  ['an output folder that cannot be', ['run', '--out', '/proc/x/y'], 4, /cannot write reports there/],
  ['an output folder below a file', ['run', '--out', 'default.nix/x'], 4, /cannot write reports there/],
])('%s is one clear error', async (_, args, code, message) => {
  const folder = nixProject({ good: pass })
  const ended = await vmproof(args, folder)
  expect(ended).toMatchObject({ code, stderr: expect.stringMatching(message) })
  expect(existsSync(join(folder, 'reports'))).toBe(false)
})

test('a mistake in the configuration is named with file and key', async () => {
  const folder = nixProject({ good: pass })
  writeFileSync(join(folder, 'vmproof.config.toml'), '[select]\ntag = ["x"]\n')
  const { code, stderr } = await vmproof(['run'], folder)
  expect(code).toBe(2)
  expect(stderr).toMatch(/vmproof\.config\.toml: not a valid configuration\n {2}select: .*"tag"/)
})

describe.runIf(canMount)('on a real small disk (needs the right to mount)', () => {
  test('a disk that becomes full costs the files, not the results', async () => {
    const folder = nixProject({ noisy: `head -c 300000 /dev/zero | tr '\\0' x; echo; ${pass}`, bad: fail })
    const disk = smallDisk(64)
    const { code, stdout, stderr } = await vmproof(['run', '--out', disk.folder], folder)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^vmproof: cannot write .*: no space left on the device; the run goes on/)
    expect(stdout).toMatch(/2 checks: 1 failed, 1 passed/)
    expect((await vmproof(['run', 'noisy', '--out', disk.folder], folder)).code).toBe(4)
  })

  test('a read-only folder is told before anything runs', async () => {
    const folder = nixProject({ good: pass })
    const disk = smallDisk(64)
    disk.remount('ro')
    const { code, stdout, stderr } = await vmproof(['run', '--out', disk.folder], folder)
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(/cannot write reports there, the file system is read-only/)
  })
})
