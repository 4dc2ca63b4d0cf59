import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HistoryRecord } from '../../../model/history.ts'
import type { RunReport } from '../../../model/report.ts'
import type { MatrixReport } from '../../../model/sweep.ts'
import { nixProject } from '../../helpers/nix-project.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { suite, writeSuite } from '../../helpers/suites.ts'
import { vmproof } from '../../helpers/vmproof.ts'
import { past } from '../../unit/sweep/cells.ts'

// What a driver says when its script passes: lines of its real logs.
const head = ['start all VLans', 'run the VM test script', 'machine: must succeed: true']
const passes = [
  ...head,
  '(finished: must succeed: true, in 0.01 seconds)',
  '(finished: run the VM test script, in 0.02 seconds)',
  'test script finished in 0.02s',
  'cleanup',
  '(finished: cleanup, in 0.00 seconds)',
]
const say = (lines: string[]) => lines.map((line) => `echo '${line}'`).join('; ')
const pass = say(passes)
/** Says no as long as there is such a file. */
const passesUnless = (file: string) =>
  `if [ -e '${file}' ]; then ${say([...head, '!!! RequestedAssertionFailed: command `true` failed (exit code 1)'])}; exit 1; fi; ${pass}`

const about = ['description', 'imitates', 'source'].map((key) => `${key} = "x"`).join('\n')

/** A project of shell scripts with profiles that need nothing of a check. */
function sweepProject(checks: Record<string, string>): string {
  const folder = nixProject(checks)
  mkdirSync(join(folder, 'profiles'))
  writeFileSync(join(folder, 'profiles/baseline.toml'), about)
  writeFileSync(join(folder, 'profiles/patient.toml'), `${about}\ntimeout-factor = 2`)
  writeFileSync(join(folder, 'profiles/lossy.toml'), `${about}\n[[links]]\nloss = "1%"`)
  return folder
}

function readJson<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(folder, 'reports/latest', name), 'utf8'))
}

const matrixOf = (folder: string) => readJson<MatrixReport>(folder, 'sweep.json')
const changesIn = ({ cells }: MatrixReport) =>
  Object.fromEntries(cells.map(({ check, profile, change }) => [`${check}@${profile}`, change]))

test('a sweep is a run: matrix, journal, JUnit, history; the next one tells what changed', async () => {
  const flag = join(scratchFolder(), 'flag')
  const folder = sweepProject({ good: pass, shaky: passesUnless(flag) })
  const first = await vmproof(['sweep', '--profiles', 'patient,baseline'], folder)
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).toMatch(/^CHECK {2}baseline +patient$/m)
  expect(first.stdout).toMatch(/^good {3}✓ \S+ m?s +✓ \S+ m?s ×\d+\.\d$/m)
  expect(first.stdout).toContain('no earlier sweep')
  const { run, checks, sweep } = readJson<RunReport>(folder, 'run.json')
  expect(run.sweep).toEqual({ type: 'profiles', profiles: ['patient', 'baseline'], against: null })
  expect(checks.map(({ name, profile }) => `${name}@${profile}`)).toEqual([
    'good@patient',
    'good@baseline',
    'shaky@patient',
    'shaky@baseline',
  ])
  expect(sweep).toEqual(matrixOf(folder))
  expect(changesIn(matrixOf(folder))).toEqual({
    'good@baseline': null,
    'good@patient': null,
    'shaky@baseline': null,
    'shaky@patient': null,
  })
  const junit = readFileSync(join(folder, 'reports/latest/junit.xml'), 'utf8')
  expect(junit).toContain('name="good@patient"')
  expect(junit).toContain('<property name="profile" value="patient"/>')

  // A run in between is no sweep, and not compared with.
  expect((await vmproof(['run', 'good'], folder)).code).toBe(0)
  writeFileSync(flag, '')
  const second = await vmproof(['sweep', 'good', 'shaky', '--profiles', 'baseline'], folder)
  expect(second.code).toBe(1)
  expect(second.stdout).toContain(`changed since ${run.id}:\n  newly failing  shaky@baseline  failed`)
  expect(matrixOf(folder)).toMatchObject({ against: run.id })
  expect(changesIn(matrixOf(folder))).toEqual({ 'good@baseline': 'same', 'shaky@baseline': 'newly-failing' })

  const third = await vmproof(['sweep', '--profiles', 'baseline,patient', '--against', run.id], folder)
  expect(third.stdout).toContain(`changed since ${run.id}`)
  expect(changesIn(matrixOf(folder))).toMatchObject({ 'shaky@patient': 'newly-failing' })
})

test('report shows the matrix again, and compares with what was before the run', async () => {
  const folder = sweepProject({ good: pass })
  await vmproof(['sweep', '--profiles', 'baseline'], folder)
  const first = matrixOf(folder)
  await vmproof(['sweep', '--profiles', 'baseline'], folder)
  const { stdout } = await vmproof(['report', first.run], folder)
  expect(stdout).toContain('CHECK  baseline\ngood ')
  expect(JSON.parse(readFileSync(join(folder, 'reports', first.run, 'sweep.json'), 'utf8'))).toEqual(first)
  expect(changesIn(matrixOf(folder))).toEqual({ 'good@baseline': 'same' })
})

test('what is beyond noise comes from the history', async () => {
  const folder = sweepProject({ slow: `sleep 1; ${pass}` })
  mkdirSync(join(folder, 'reports/history'), { recursive: true })
  const before = past('slow@baseline', [0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1, 0.9, 0.95], {
    kind: 'nixos',
    accelerator: null,
  })
  const lines = before.map((record: HistoryRecord) => `${JSON.stringify(record)}\n`).join('')
  writeFileSync(join(folder, 'reports/history/h-2026-10.ndjson'), lines)
  const { stdout } = await vmproof(['sweep', '--profiles', 'baseline'], folder)
  expect(stdout).toMatch(
    /slower {2}slow@baseline {2}1\.\d s, newest ×\d\.\d\d of those before \(by chance: 0\.83 %\)/,
  )
  expect(matrixOf(folder).cells).toMatchObject([{ known: 10, drift: { direction: 'higher' } }])
})

test('a check that suits no profile: skipped where the profile was named, left out where all were meant', async () => {
  const folder = sweepProject({ good: pass })
  const named = await vmproof(['sweep', 'good', '--profiles', 'baseline,lossy'], folder)
  expect(named.code).toBe(5)
  expect(named.stdout).toMatch(/^good {3}✓ .* +- skipped$/m)
  const all = await vmproof(['sweep', 'good'], folder)
  expect(all.code).toBe(0)
  expect(all.stdout).toMatch(/left out, .*: good@lossy/)
  const searched = await vmproof(['sweep', 'good', '--find', 'loss=0%..5%'], folder)
  expect(searched.code).toBe(5)
  expect(searched.stdout).toContain('good: cannot be run at loss 0 %: ')
})

test('shards are parts of the cells, and are one sweep when they are merged', async () => {
  const folder = sweepProject({ a: pass, b: pass, c: pass })
  for (const shard of ['1/2', '2/2']) {
    const args = ['sweep', '--profiles', 'baseline,patient', '--shard', shard, '--out', `shards/${shard[0]}`]
    expect((await vmproof(args, folder)).code).toBe(0)
  }
  const { stdout } = await vmproof(
    ['report', 'shards/1/latest', 'shards/2/latest', '--out', 'reports'],
    folder,
  )
  expect(stdout.match(/^[abc] {6}✓ \S+ m?s +✓ /gm)).toHaveLength(3)
})

test('the plan of a search is that of both ends of its range', async () => {
  const folder = sweepProject({})
  writeSuite(folder, 'pair.ts', suite('pair', 'nodes: { machine: {} }'))
  const plan = ['sweep', 'pair', '--kind', 'vm', '--find', 'rate=64kbit..1mbit', '--dry-run']
  const { code, stdout } = await vmproof(plan, folder)
  expect(code).toBe(0)
  expect(stdout).toMatch(/would run 2 of 2.*\n {2}pair@rate=1000kbit .*\n {2}pair@rate=64kbit /)
})

test.each([
  [
    'an unknown profile',
    ['--profiles', 'baselin'],
    /baselin: there is no profile of this name\n {2}did you mean baseline\?/,
  ],
  ['a hole in the list', ['--profiles', 'baseline,'], /--profiles baseline,: a name is missing/],
  ['a constraint that is none', ['--profiles', 'loss=120%'], /loss=120%: "120%" is more than 100%/],
  ['a constraint of nothing', ['--profiles', 'speed=1'], /speed=1: there is no speed to set/],
  ['a jitter of nothing', ['--profiles', 'jitter=5ms'], /jitter needs a delay/],
  ['no unit', ['good', '--find', 'loss=0..20'], /--find loss=0\.\.20: "0" needs a unit/],
  ['an empty range', ['good', '--find', 'loss=5%..5%'], /--find loss=5%\.\.5%: an empty range/],
  ['a reversed range', ['good', '--find', 'loss=20%..0%'], /the smaller value comes first/],
  ['a search for everything', ['--find', 'loss=0%..20%'], /--find: for which check\?/],
  [
    'a search with retries',
    ['good', '--find', 'loss=0%..2%', '--retries', '2'],
    /--find and --retries: do not go/,
  ],
  [
    'a search under profiles',
    ['good', '--find', 'loss=0%..2%', '--profiles', 'lossy'],
    /--find and --profiles/,
  ],
  ['repeats of no search', ['--repeat', '2'], /--repeat: needs --find/],
  ['too few values', ['good', '--find', 'loss=0%..2%', '--points', '2'], /--points: not a number it can be/],
  ['no time', ['good', '--find', 'loss=0%..2%', '--within', 'soon'], /--within soon: not a duration/],
  ['no earlier run', ['--against', 'latest'], /no run has been written/],
  ['an option of run', ['--profile', 'lossy'], /profile/],
])('%s is one clear error', async (_, args, message) => {
  const folder = sweepProject({ good: pass })
  const ended = await vmproof(['sweep', ...args], folder)
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  expect(existsSync(join(folder, 'reports'))).toBe(false)
})

test('a run that was no sweep is nothing to compare with', async () => {
  const folder = sweepProject({ good: pass })
  await vmproof(['run'], folder)
  const { code, stderr } = await vmproof(['sweep', '--against', 'latest'], folder)
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('was no sweep') })
})
