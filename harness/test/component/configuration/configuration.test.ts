import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { suite, suiteProject } from '../../helpers/suites.ts'
import { vmproof } from '../../helpers/vmproof.ts'

const noCi = { CI: '' }

/** A project with one check and this configuration. */
function project(name: string, content: string): string {
  const folder = suiteProject({ 'smoke.ts': suite('smoke', 'nodes: { a: {} }') })
  mkdirSync(join(folder, '.git'))
  writeFileSync(join(folder, name), content)
  return folder
}

/** What `--show-config --json` tells, as `key value from` lines by key. */
async function shown(folder: string, args: string[] = [], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await vmproof(['run', '--show-config', '--json', ...args], folder, {
    ...noCi,
    ...env,
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { values } = JSON.parse(stdout) as { values: { key: string; value: unknown; from: string }[] }
  return Object.fromEntries(values.map(({ key, value, from }) => [key, [value, from]]))
}

const toml = `[select]
not-tags = ["slow"]
[run]
jobs = 1
retries = 1
timeout = "20m"
[sections.ci.run]
retries = 2
out = "ci-reports"
[sections.nightly.run]
retries = 3
retry-on = "errored"
`

describe('the command line beats the environment, which beats sections, which beat the file', () => {
  test.each<[string, string[], Record<string, string>, [unknown, string]]>([
    ['nothing else', [], {}, [1, 'vmproof.config.toml']],
    ['CI', [], { CI: 'true' }, [2, 'section ci']],
    ['a named section', ['--section', 'nightly'], { CI: 'true' }, [3, 'section nightly']],
    ['two sections', ['--section', 'nightly', '--section', 'ci'], {}, [2, 'section ci']],
    ['the variable for sections', [], { VMPROOF_SECTION: 'ci,nightly' }, [3, 'section nightly']],
    ['a variable', ['--section', 'ci'], { VMPROOF_RETRIES: '4' }, [4, 'VMPROOF_RETRIES']],
    ['an option', ['--retries', '5'], { VMPROOF_RETRIES: '4' }, [5, '--retries']],
  ])('%s', async (_, args, env, expected) => {
    const values = await shown(project('vmproof.config.toml', toml), args, env)
    expect(values['run.retries']).toEqual(expected)
  })
})

test('--show-config tells every value and runs nothing', async () => {
  const folder = project('vmproof.config.toml', toml)
  const values = await shown(folder, ['--suites', 'suites/vm', '--not-tag', 'x', '--fail-fast'])
  expect(values).toMatchObject({
    suites: ['suites/vm', '--suites'],
    flake: [null, 'default'],
    'select.not-tags': [['slow', 'x'], 'vmproof.config.toml, --not-tag'],
    'run.jobs': [1, 'vmproof.config.toml'],
    'run.timeout': ['20m', 'vmproof.config.toml'],
    'run.fail-fast': [true, '--fail-fast'],
    'run.accel': ['auto', 'default'],
    'run.memory': [null, 'default'],
  })
  expect((await shown(folder, ['smoke']))['select.not-tags']).toEqual([
    [],
    'the command line says what to run',
  ])
  const { stdout } = await vmproof(['list', '--show-config', '--section', 'ci'], folder, noCi)
  expect(stdout).toMatch(/^vmproof\.config\.toml\nsection ci, because --section\n/)
  expect(stdout).toMatch(/^run\.out +ci-reports +section ci$/m)
  expect(readdirSync(folder)).not.toContain('reports')
})

test('settings of the configuration reach the run; a limit for all checks gives way to that of one', async () => {
  const folder = project('vmproof.config.toml', `${toml}\n[[checks]]\nmatch = "smoke"\ntags = ["x"]\n`)
  const plan = async (...args: string[]) =>
    JSON.parse(
      (await vmproof(['run', '--dry-run', '--json', '--accel', 'auto', ...args], folder, noCi)).stdout,
    )
  const first = await plan()
  expect(first.budget.jobs).toBe(1)
  const factor = first.plan[0].accelerator === 'tcg' ? 4 : 1
  expect(first.plan[0].timeoutSeconds).toBe(1200 * factor)
  writeFileSync(join(folder, 'vmproof.config.toml'), `${toml}\n[[checks]]\nmatch = "smoke"\ntimeout = "5m"\n`)
  expect((await plan()).plan[0].timeoutSeconds).toBe(300 * factor)
  expect((await plan('--timeout', '7m')).plan[0].timeoutSeconds).toBe(420 * factor)
})

describe('in TypeScript', () => {
  const loads = `import { appendFileSync } from 'node:fs'\nappendFileSync(process.env.LOADS ?? '', 'x')\n`

  test('an object or a function, with helpers; of the same shape as TOML', async () => {
    const folder = project(
      'vmproof.config.ts',
      `import { jobs } from './helper.ts'\nexport default async () => ({ run: { jobs } })`,
    )
    writeFileSync(join(folder, 'helper.ts'), 'export const jobs: number = 3')
    expect((await shown(folder))['run.jobs']).toEqual([3, 'vmproof.config.ts'])
    writeFileSync(join(folder, 'helper.ts'), 'export const jobs: number = 4')
    expect((await shown(folder))['run.jobs']).toEqual([4, 'vmproof.config.ts'])
  })

  test('is remembered until a file of it, or a variable that it looks at, is another', async () => {
    const folder = project(
      'vmproof.config.ts',
      `export default { run: { jobs: Number(process.env.MY_JOBS ?? 1), retries: Date.now() } }`,
    )
    // Only what is loaded again has another time in it.
    const first = await shown(folder)
    expect(await shown(folder)).toEqual(first)
    const second = await shown(folder, [], { MY_JOBS: '6' })
    expect(second['run.jobs']).toEqual([6, 'vmproof.config.ts'])
    expect(second['run.retries']).not.toEqual(first['run.retries'])
  })

  test('is loaded each time when it can read what nobody watches', async () => {
    const folder = project('vmproof.config.ts', `${loads}export default {}`)
    const LOADS = join(folder, 'loads')
    await shown(folder, [], { LOADS })
    await shown(folder, [], { LOADS })
    expect(readFileSync(LOADS, 'utf8')).toBe('xx')
  })

  test.each([
    [
      'throws',
      `const x = 1\nthrow new Error('no ' + x)`,
      /^vmproof: vmproof\.config\.ts:2: loading it throws Error: no 1$/m,
    ],
    [
      'throws when it is called',
      `export default () => {\n  throw new Error('no')\n}`,
      /config\.ts:2: loading it throws Error: no$/m,
    ],
    [
      'ends the process',
      `const leave = () => {\n  process.exit(3)\n}\nexport default leave`,
      /config\.ts:2: loading it ends the process \(exit code 3\)$/m,
    ],
    ['never ends', 'export default () => { for (;;); }', /config\.ts: loading it does not end within 10 s$/m],
    [
      'awaits what never comes',
      'await new Promise(() => {})',
      /config\.ts: loading it awaits what never comes$/m,
    ],
    ['is no TypeScript', 'export default {', /config\.ts:1: /m],
    ['exports nothing', 'const x = 1\nx', /exports nothing by default\n {2}write: export default/],
    ['has a slip', 'export default { run: { job: 1 } }', /run: there is no key "job", did you mean jobs\?/],
  ])('one that %s is one clear error', async (_, source, message) => {
    const { code, stdout, stderr } = await vmproof(['list'], project('vmproof.config.ts', source), noCi)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

describe('one clear error', () => {
  test.each<[string, string, RegExp, { env?: Record<string, string>; args?: string[] }]>([
    [
      'a list as a whole',
      '[]',
      /vmproof\.config\.json: not a valid configuration\n {2}.*expected object/,
      {},
    ],
    ['no JSON', '{', /vmproof\.config\.json: not valid JSON/, {}],
    [
      'a section that does not exist',
      '{}',
      /--section x: the configuration has no such section/,
      { args: ['--section', 'x'] },
    ],
    [
      'a variable for a section that does not exist',
      '{}',
      /VMPROOF_SECTION x: /,
      { env: { VMPROOF_SECTION: 'x' } },
    ],
    ['an empty name in it', '{}', /VMPROOF_SECTION=x,: a name is empty/, { env: { VMPROOF_SECTION: 'x,' } }],
    [
      'a strange variable',
      '{}',
      /VMPROOF_JOBS=many: not a value it can have\n {2}give a whole number/,
      { env: { VMPROOF_JOBS: 'many' } },
    ],
    [
      'a strange size',
      '{}',
      /VMPROOF_MEMORY=7: .*\n {2}write it like 512M/,
      { env: { VMPROOF_MEMORY: '7' } },
    ],
    [
      'a section that contradicts the file',
      '{ "flake": ".", "sections": { "ci": { "file": "x.nix" } } }',
      /file: with section ci, give either flake or file/,
      { env: { CI: '1' } },
    ],
  ])('for %s', async (_, content, message, { env = {}, args = [] }) => {
    const folder = project('vmproof.config.json', content)
    const { code, stderr } = await vmproof(['run', '--dry-run', ...args], folder, { ...noCi, ...env })
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  test('for two files in one folder', async () => {
    const folder = project('vmproof.config.json', '{}')
    writeFileSync(join(folder, 'vmproof.config.toml'), '')
    expect((await vmproof(['list'], folder)).stderr).toMatch(
      /has vmproof\.config\.toml and vmproof\.config\.json, of which only one can count/,
    )
  })
})

test('the nearest file above holds, and its folder is where paths start', async () => {
  const folder = project('vmproof.config.toml', 'suites = "suites/vm"\n')
  mkdirSync(join(folder, 'a/b'), { recursive: true })
  const { code, stdout } = await vmproof(['list'], join(folder, 'a/b'), noCi)
  expect({ code, names: stdout }).toEqual({ code: 0, names: expect.stringContaining('smoke') })
})
