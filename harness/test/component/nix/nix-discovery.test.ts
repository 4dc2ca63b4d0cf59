import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultConfig } from '../../../model/config.ts'
import { derivation, describeAll, flake, folder, lab, system, useNix, workTree } from './nix-lab.ts'

const build = 'echo > $out'

test('names are listed with tags, and no check is evaluated for it', async () => {
  useNix()
  const ref = flake('k3s-storage = throw "a"; "with.dot" = abort "b"; fmt = import ./missing.nix;')
  const config = { ...defaultConfig('/'), checks: [override('with*', ['mine'])] }
  const { source, evaluated } = lab({ target: { type: 'flake', ref }, config })
  expect(await source.list()).toEqual([
    listed(ref, 'fmt', [], `checks.${system}.fmt`),
    listed(ref, 'k3s-storage', ['k3s', 'storage'], `checks.${system}.k3s-storage`),
    listed(ref, 'with.dot', ['mine'], `checks.${system}."with.dot"`),
  ])
  expect(evaluated).toEqual([])
})

test('metadata comes from the passthru, the derivation and what the check declares', async () => {
  useNix()
  const test_ = `(${derivation('vm-test-run-a', build, 'requiredSystemFeatures = [ "nixos-test" "kvm" ];')}) // {
    driver = ${derivation('nixos-test-driver-a', build)};
    nodes = {
      agent = { virtualisation = { memorySize = 3072; cores = 2; }; };
      odd = { virtualisation.memorySize = throw "not to be had"; };
    };
    meta = { timeout = 900; description = "a test"; };
    vmproof = { tags = [ "slow" ]; accelerator = "tcg"; };
  }`
  const { source } = lab({ target: { type: 'flake', ref: flake(`a = ${test_};`) } })
  const [check] = await describeAll(source)
  expect(check?.metadata).toMatchObject({
    derivation: {
      path: expect.stringMatching(/^\/nix\/store\/.*-vm-test-run-a\.drv$/),
      name: 'vm-test-run-a',
      system,
      requiredSystemFeatures: ['nixos-test', 'kvm'],
      outputs: { out: expect.stringMatching(/-vm-test-run-a$/) },
    },
    isVmTest: true,
    nodes: [
      { name: 'agent', memoryMiB: 3072, cores: 2, system: null },
      { name: 'odd', memoryMiB: 1024, cores: 1, system: null },
    ],
    timeoutSeconds: 900,
    tags: ['slow'],
    accelerator: 'tcg',
    hasDriver: true,
    driverDerivation: expect.stringMatching(/-nixos-test-driver-a\.drv$/),
    description: 'a test',
  })
})

test('facts that cannot be had do not cost the derivation', async () => {
  useNix()
  const ref = flake(
    `a = (${derivation('vm-test-run-a', build)}) // { nodes.x = (throw "caught").y; meta = 1 + ""; };`,
  )
  const [check] = await describeAll(lab({ target: { type: 'flake', ref } }).source)
  expect(check?.error).toBeNull()
  expect(check?.metadata).toMatchObject({ isVmTest: true, derivation: { name: 'vm-test-run-a' } })
})

test('a check that does not evaluate is one error, the others go on', async () => {
  useNix()
  const ref = flake(`
    good = ${derivation('vm-test-run-good', build)};
    thrown = throw "no such thing";
    typo = { foobar = 1; }.foobat;
    loop = let x = x; in x;
    set = { a = 1; };`)
  const all = await describeAll(lab({ target: { type: 'flake', ref } }).source)
  const messages = Object.fromEntries(all.map((check) => [check.name, check.error?.message ?? null]))
  expect(messages).toEqual({
    good: null,
    thrown: expect.stringMatching(/^no such thing at flake\.nix:\d+:\d+$/),
    typo: expect.stringMatching(/^attribute 'foobat' missing at flake\.nix:\d+:\d+; did you mean foobar\?$/),
    loop: expect.stringMatching(/^infinite recursion encountered at flake\.nix:\d+:\d+$/),
    set: `checks.${system}.set is a set, not a derivation`,
  })
})

test('a file that git does not know is explained', async () => {
  useNix()
  const ref = flake('a = import ./forgotten.nix;')
  writeFileSync(join(ref, 'forgotten.nix'), derivation('vm-test-run-a', build))
  const [check] = await describeAll(lab({ target: { type: 'flake', ref } }).source)
  expect(check?.error?.details[0]).toBe(
    'files that git does not know are invisible to a flake: git add -N forgotten.nix',
  )
})

test('names need no quoting that Nix would misread', async () => {
  useNix()
  const names = ['a b', '-dash', '$' + '{x}', 'ü', '1st', 'a"b', 'a\\b']
  const literal = (name: string) => JSON.stringify(name).replaceAll('$', '\\$')
  const ref = flake(
    names.map((name) => `${literal(name)} = ${derivation('vm-test-run-a', build)};`).join('\n'),
  )
  const all = await describeAll(lab({ target: { type: 'flake', ref } }).source)
  expect(all.map((check) => check.name).sort()).toEqual([...names].sort())
  expect(all.filter((check) => check.error !== null)).toEqual([])
})

test('an evaluation beyond its memory says so', async () => {
  useNix()
  const greedy = "(builtins.foldl' (a: i: a ++ a) [ 1 2 3 4 ] (builtins.genList (x: x) 30))"
  const ref = flake(`big = ${derivation('vm-test-run-big', build, `n = builtins.length ${greedy};`)};`)
  const config = { ...defaultConfig('/'), nix: { options: {}, evaluationMemoryMiB: 300 } }
  const [check] = await describeAll(lab({ target: { type: 'flake', ref }, config }).source)
  expect(check?.error?.message).toBe('ran out of 300 MiB while evaluating')
})

test('an unchanged flake is evaluated once, a changed one again', async () => {
  useNix()
  const ref = flake(`a = ${derivation('vm-test-run-a', build)}; b = throw "x";`)
  const cacheFolder = folder()
  const runOnce = async () => {
    const { source, evaluated } = lab({ target: { type: 'flake', ref }, cacheFolder })
    const [check] = await describeAll(source)
    return { evaluated: evaluated.sort(), path: check?.metadata?.derivation?.path }
  }
  const first = await runOnce()
  expect(first.evaluated).toEqual(['a', 'b'])
  // Errors are not remembered.
  expect(await runOnce()).toEqual({ evaluated: ['b'], path: first.path })
  const flakeFile = join(ref, 'flake.nix')
  writeFileSync(flakeFile, readFileSync(flakeFile, 'utf8').replace('vm-test-run-a', 'vm-test-run-new'))
  const changed = await runOnce()
  expect(changed.evaluated).toEqual(['a', 'b'])
  expect(changed.path).toMatch(/-vm-test-run-new\.drv$/)
})

test('a damaged memory and a collected derivation cost an evaluation, nothing else', async () => {
  useNix()
  const ref = flake(`a = ${derivation('vm-test-run-a', build)};`)
  const cacheFolder = folder()
  const evaluations = async () => {
    const { source, evaluated } = lab({ target: { type: 'flake', ref }, cacheFolder })
    const [check] = await describeAll(source)
    return { path: check?.metadata?.derivation?.path ?? '', count: evaluated.length }
  }
  const { path } = await evaluations()
  expect((await evaluations()).count).toBe(0)
  execFileSync('nix-store', ['--delete', path], { stdio: 'ignore' })
  expect(await evaluations()).toEqual({ path, count: 1 })
  const entries = join(cacheFolder, 'evaluations')
  for (const name of readdirSync(entries)) writeFileSync(join(entries, name), '{"schema": 1, "key"')
  expect(await evaluations()).toEqual({ path, count: 1 })
  rmSync(cacheFolder, { recursive: true })
  writeFileSync(cacheFolder, 'no folder can be made here')
  expect(await evaluations()).toEqual({ path, count: 1 })
})

test('an abort ends running evaluations', async () => {
  useNix()
  const slow = "builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 500000000)"
  const ref = flake(`slow = ${derivation('vm-test-run-a', build, `n = ${slow};`)};`)
  const { source, evaluated } = lab({ target: { type: 'flake', ref } })
  const checks = await source.list()
  const abort = new AbortController()
  const described = source.describe(checks, abort.signal)[Symbol.asyncIterator]()
  const next = described.next()
  while (evaluated.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  abort.abort()
  expect(await next).toEqual({ done: true, value: undefined })
})

test.each([
  ['no flake', () => folder(), /^there is no flake at /, 2],
  ['no folder', () => '/nowhere-at-all', /^there is no flake at \/nowhere-at-all/, 2],
  [
    'a syntax error',
    () => workTree({ 'flake.nix': '{ outputs = { self }: { a = } }' }),
    /flake\.nix:1:29$/,
    4,
  ],
  ['no checks', () => workTree({ 'flake.nix': '{ outputs = { self }: { }; }' }), /has no checks$/, 3],
  [
    'another system',
    () => workTree({ 'flake.nix': '{ outputs = { self }: { checks.riscv64-linux = { }; }; }' }),
    /, only for riscv64-linux$/,
    3,
  ],
])('%s is told in one line', async (_, make, message, exitCode) => {
  useNix()
  const listing = lab({ target: { type: 'flake', ref: make() } }).source.list()
  const error = await listing.catch((one: unknown) => one)
  expect(error).toMatchObject({ name: 'UserError', message: expect.stringMatching(message), exitCode })
})

test('without Nix the way to it is shown', async () => {
  const path = process.env.PATH
  process.env.PATH = '/nowhere'
  try {
    const listing = lab({ target: { type: 'flake', ref: '.' } }).source.list()
    await expect(listing).rejects.toMatchObject({ name: 'UserError', exitCode: 4 })
  } finally {
    process.env.PATH = path
  }
})

function listed(ref: string, name: string, tags: string[], attribute: string) {
  return { name, kind: 'nixos', tags, target: { type: 'flake', flake: ref, attribute } }
}

function override(match: string, tags: string[]) {
  return { match, tags, vmTest: null, memoryMiB: null, cores: null, timeoutSeconds: null }
}

test('a folder whose path Nix does not take is named with the reason', async () => {
  useNix()
  const ref = join(folder(), 'two words')
  mkdirSync(ref)
  writeFileSync(join(ref, 'flake.nix'), `{ outputs = _: { checks.${system} = { }; }; }`)
  const names = await lab({ target: { type: 'flake', ref } })
    .source.list()
    .catch(String)
  // Later versions of Nix take it.
  const told = typeof names === 'string' ? names : 'no check'
  expect(told).toMatch(/two words: nix .* takes no flake from such a path|^no check$/)
})
