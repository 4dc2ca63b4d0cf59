import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attempt, derivation, describeAll, folder, lab, useNix, workTree } from './nix-lab.ts'

const build = 'echo > $out'

/** Describes everything below an attribute. @returns names evaluated and the first derivation's path */
async function describeFile(file: string, attr: string | null, cacheFolder: string) {
  const { source, evaluated } = lab({ target: { type: 'file', file, attr }, cacheFolder })
  const checks = await describeAll(source)
  return { evaluated, names: checks.map((check) => check.name), path: checks[0]?.metadata?.derivation?.path }
}

test('functions on the way are called with their defaults, as nix-build does', async () => {
  useNix()
  const top = workTree({
    'default.nix': `{ system ? "x" }: { tests = { deep ? true }: { all = {
      a = { name ? "vm-test-run-a" }: ${derivation('x', build).replace('"x"', 'name')}; recurseForDerivations = true;
    }; }; }`,
  })
  const { source } = lab({ target: { type: 'file', file: top, attr: 'tests.all' } })
  expect(await source.list()).toEqual([
    {
      name: 'a',
      kind: 'nixos',
      tags: [],
      target: { type: 'file', file: join(top, 'default.nix'), attribute: 'tests.all.a' },
    },
  ])
  expect(await attempt(source)).toMatchObject({ execution: 'executed', end: { type: 'succeeded' } })
})

test('an unchanged file is evaluated once; a change in what it imports or names counts', async () => {
  useNix()
  const top = workTree({
    'default.nix': '{ a = import ./a.nix; }',
    'a.nix': derivation('vm-test-run-a', build, 'text = builtins.readFile ./data/text;'),
    'data/text': 'one',
  })
  const cacheFolder = folder()
  const describeIt = () => describeFile(join(top, 'default.nix'), null, cacheFolder)
  const first = await describeIt()
  expect(first.evaluated).toEqual(['a'])
  expect((await describeIt()).evaluated).toEqual([])
  writeFileSync(join(top, 'unrelated'), 'x')
  expect((await describeIt()).evaluated).toEqual([])
  writeFileSync(join(top, 'data/text'), 'two')
  const second = await describeIt()
  expect(second.evaluated).toEqual(['a'])
  expect(second.path).not.toBe(first.path)
  writeFileSync(join(top, 'a.nix'), derivation('vm-test-run-b', build))
  expect((await describeIt()).path).toMatch(/-vm-test-run-b\.drv$/)
})

test.each(['toString builtins.currentTime', 'builtins.getEnv "X"', 'builtins.readFile /etc/passwd'])(
  'what depends on %s is evaluated every time',
  async (impure) => {
    useNix()
    const top = workTree({
      'default.nix': `{ a = ${derivation('vm-test-run-a', build, `t = ${impure};`)}; }`,
    })
    const cacheFolder = folder()
    await describeFile(top, null, cacheFolder)
    expect((await describeFile(top, null, cacheFolder)).evaluated).toEqual(['a'])
  },
)

test.each([
  ['/nowhere.nix', null, '--file /nowhere.nix: there is no such file', 2],
  ['EMPTY', null, expect.stringMatching(/the folder holds no default\.nix$/), 2],
  ['FILE', 'tests', expect.stringMatching(/^--attr tests: .*default\.nix has no attribute tests$/), 3],
])('%s %s is told in one line', async (file, attr, message, exitCode) => {
  useNix()
  const places: Record<string, string> = {
    EMPTY: folder(),
    FILE: workTree({ 'default.nix': '{ lib = { }; checks = { }; }' }),
  }
  const list = async () => lab({ target: { type: 'file', file: places[file] ?? file, attr } }).source.list()
  await expect(list()).rejects.toMatchObject({ name: 'UserError', message, exitCode })
})
