import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { builtFromSources } from '../../../build.mjs'
import type { DescribedCheck } from '../../../model/check.ts'
import type { CheckPlace } from '../../../run/ports.ts'
import { createVmSource } from '../../../vm/source/source.ts'
import { suite, suiteProject, writeSuite } from '../../helpers/suites.ts'

let programFolder: string
beforeAll(async () => {
  programFolder = await builtFromSources()
})

function sourceOf(folder: string): CheckPlace {
  return createVmSource({
    place: { folders: [join(folder, 'suites/vm')], isNamed: false },
    overrides: [
      { match: 'net*', tags: ['slow'], vmTest: null, memoryMiB: null, cores: null, timeoutSeconds: null },
    ],
    cacheFolder: join(folder, 'cache'),
    programFolder,
    kvm: async () => ({ works: false, reason: 'it hangs' }),
  })
}

async function describeAll(folder: string): Promise<Record<string, DescribedCheck>> {
  const source = sourceOf(folder)
  const described: Record<string, DescribedCheck> = {}
  for await (const check of source.describe(await source.list(), new AbortController().signal)) {
    described[check.name] = check
  }
  return described
}

test('checks come with what their suites say, one for each topology', async () => {
  const facts = `tags: ['net'], topologies: ['simple', 'vlans'], timeout: '2m',
    nodes: { a: { memory: '256M', cores: 2 }, b: { arch: 'aarch64' } }`
  const checks = await describeAll(suiteProject({ 'network.ts': suite('network', facts) }))
  expect(Object.keys(checks)).toEqual(['network', 'network-vlans'])
  expect(checks.network).toMatchObject({
    kind: 'vm',
    tags: ['net', 'slow'],
    error: null,
    metadata: { derivation: null, isVmTest: true, timeoutSeconds: 120, accelerator: null },
  })
  expect(checks.network?.metadata?.nodes).toEqual([
    { name: 'a', memoryMiB: 256, cores: 2, system: expect.stringMatching(/-linux$/) },
    { name: 'b', memoryMiB: 192, cores: 1, system: 'aarch64-linux' },
  ])
  expect(checks['network-vlans']?.tags).toEqual(['net', 'topology', 'slow'])
})

test('a suite may use helpers beside it, packages of its project, and its own place', async () => {
  const folder = suiteProject({
    'a.ts': `import { vmCheck } from 'vmproof'
import { node } from './lib/nodes.ts'
import memory from 'some-package'
export default vmCheck({ name: 'a', description: import.meta.dirname, nodes: { node: node(memory) }, body: async () => {} })`,
    'lib/nodes.ts': 'export const node = (memory: string) => ({ memory })',
    '../../node_modules/some-package/package.json': '{ "main": "index.cjs" }',
    '../../node_modules/some-package/index.cjs': "require('node:fs'); module.exports = '333M'",
  })
  const { a } = await describeAll(folder)
  expect(a?.metadata).toMatchObject({ description: join(folder, 'suites/vm'), nodes: [{ memoryMiB: 333 }] })
})

test.each<[string, string, RegExp]>([
  [
    'throws',
    'const x: unknown = null\nthrow new Error("no disk")',
    /a\.ts:2: loading it throws Error: no disk$/,
  ],
  ['throws no error', 'throw null', /a\.ts: loading it throws null$/],
  ['ends the process', 'process.exit(0)', /a\.ts:1: loading it ends the process \(exit code 0\)$/],
  ['kills the process', "process.kill(process.pid, 'SIGKILL')", /ends the process \(killed by SIGKILL\)$/],
  ['awaits what never comes', 'await new Promise(() => {})', /a\.ts: loading it awaits what never comes$/],
  [
    'takes all memory',
    'const all: number[][] = []\nfor (;;) all.push(Array(1e6).fill(1))',
    /more than 256 MiB/,
  ],
  [
    'exports nothing',
    'const x = 1\nconsole.log(x)',
    /a\.ts:1: it exports no check: end it with export default/,
  ],
  ['exports a function', 'export default () => {}', /a\.ts:1: /],
  [
    'exports what JSON cannot tell',
    'const x: any = {}\nx.x = x\nexport default x',
    /Converting circular structure/,
  ],
  ['is no TypeScript', 'export default {', /a\.ts:1: Expected identifier/],
  ['imports what is not there', "import './lib/gone.ts'", /a\.ts:1: Could not resolve "\.\/lib\/gone\.ts"/],
  ['has another name', suite('b', 'nodes: { a: {} }'), /a\.ts:4: name: "b" is not what the file is called/],
  ['has a slip', suite('a', 'nodes: { a: {\n memroy: "1G" } }'), /a\.ts:5: nodes\.a: .* did you mean memory/],
])('a suite that %s is an error of its own', async (_, source, message) => {
  const checks = await describeAll(
    suiteProject({ 'a.ts': source, 'good.ts': suite('good', 'nodes: { a: {} }') }),
  )
  expect(Object.keys(checks)).toEqual(['a', 'good'])
  expect(checks.a?.error?.message).toMatch(message)
  expect(checks.good?.error).toBeNull()
})

test('a suite that never ends is ended', async () => {
  const { a } = await describeAll(
    suiteProject({ 'a.ts': 'await new Promise(() => setInterval(() => {}, 1000))' }),
  )
  expect(a?.error?.message).toMatch(/a\.ts: loading it does not end within 10 s$/)
})

test('two files that give the same name are one error, and name both', async () => {
  const both = { 'a.ts': suite('a', "topologies: ['simple', 'vlans'], nodes: { n: {} }"), 'a-vlans.ts': '' }
  both['a-vlans.ts'] = suite('a-vlans', 'nodes: { n: {} }')
  const checks = await describeAll(suiteProject(both))
  expect(checks.a?.error).toBeNull()
  expect(checks['a-vlans']?.error?.message).toMatch(/two suites .* a-vlans: .*a-vlans\.ts and .*a\.ts$/)
})

test('a suite is loaded again only after an edit, also of a helper', async () => {
  const folder = suiteProject({ 'lib/memory.ts': "export const memory = '100M'" })
  writeSuite(folder, 'a.ts', suiteThatTells(folder))
  const loads = () => readdirSync(folder).filter((name) => name.startsWith('loaded-')).length
  const memory = async () => (await describeAll(folder)).a?.metadata?.nodes?.[0]?.memoryMiB
  expect([await memory(), loads()]).toEqual([100, 1])
  expect([await memory(), loads()]).toEqual([100, 1])
  writeSuite(folder, 'lib/memory.ts', "export const memory = '200M'")
  expect([await memory(), loads()]).toEqual([200, 2])
  for (const entry of readdirSync(join(folder, 'cache/suites'))) {
    writeFileSync(join(folder, 'cache/suites', entry, 'module.json'), 'torn')
  }
  expect([await memory(), loads()]).toEqual([200, 3])
})

/** Leaves a file behind whenever it is loaded. */
function suiteThatTells(folder: string): string {
  return `import { writeFileSync } from 'node:fs'
import { memory } from './lib/memory.ts'
writeFileSync('${folder}/loaded-' + process.hrtime.bigint(), '')
export default { name: 'a', nodes: { n: { memory } }, body() {} }`
}

test('what this host makes of a check', async () => {
  const folder = suiteProject({ 'a.ts': suite('a', 'nodes: { n: {} }') })
  const { a } = await describeAll(folder)
  if (!a?.metadata) throw new Error('not described')
  const source = sourceOf(folder)
  expect(await source.fitness(a, 'auto')).toEqual({ whyNot: null, accelerator: 'tcg' })
  expect(await source.fitness(a, 'kvm')).toEqual({ whyNot: '--accel kvm: it hangs', accelerator: 'tcg' })
})

test('without folders there are no checks, but a folder that was named must be there', async () => {
  const options = {
    overrides: [],
    cacheFolder: '/nowhere',
    programFolder,
    kvm: async () => ({ works: true, reason: null }),
  }
  const folders = ['/nowhere/suites']
  expect(await createVmSource({ ...options, place: { folders, isNamed: false } }).list()).toEqual([])
  const named = createVmSource({ ...options, place: { folders, isNamed: true } })
  await expect(named.list()).rejects.toThrow(/\/nowhere\/suites: there is no such folder/)
})
