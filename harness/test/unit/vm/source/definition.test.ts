import { expect, test } from 'vitest'
import { checksOf, type SuiteDefinition } from '../../../../vm/source/definition.ts'
import { checkDefinition } from '../../../../vm/source/definition-schema.ts'
import { lineOfKeys } from '../../../../vm/source/issue-lines.ts'

const body = { function: 'body' }

test('a small definition gets every default', () => {
  expect(checkDefinition({ name: 'smoke', nodes: { machine: {} }, body })).toEqual({
    name: 'smoke',
    description: null,
    tags: [],
    timeoutSeconds: 600,
    topologies: ['simple'],
    profiles: null,
    nodes: [
      {
        name: 'machine',
        architecture: null,
        memoryMiB: 192,
        cores: 1,
        vlans: [1],
        diskSizesMiB: [],
        guest: {},
        qemuOptions: [],
      },
    ],
  })
})

test('a large definition arrives with its units read', () => {
  const guest = { packages: ['etcd-server', 'g++'], init: 'systemd', files: { '/etc/motd': 'hello' } }
  const node = {
    arch: 'aarch64',
    memory: '1G',
    cores: 2,
    vlans: [1, 1, 254],
    disks: [{ size: '64M' }],
    guest,
  }
  const topologies = ['simple', 'bonding-vlans']
  expect(
    checkDefinition({ name: 'a', tags: ['x'], timeout: '2m', topologies, nodes: { n: node }, body }),
  ).toMatchObject({
    timeoutSeconds: 120,
    topologies,
    nodes: [{ architecture: 'aarch64', memoryMiB: 1024, vlans: [1, 1, 254], diskSizesMiB: [64], guest }],
  })
})

const node = (facts: object) => ({ name: 'a', nodes: { alpha: facts }, body })

test.each<[string, unknown, string, RegExp]>([
  ['a slip of the finger', { name: 'a', node: {}, body }, '', /there is no node: did you mean nodes/],
  ['a slip in a node', node({ memroy: '1G' }), 'nodes.alpha', /did you mean memory/],
  ['a key from nowhere', node({ qqqqqq: 1 }), 'nodes.alpha', /known are arch, memory/],
  ['a slip in a guest', node({ guest: { package: [] } }), 'nodes.alpha.guest', /did you mean packages/],
  ['a name that is none', { name: 'Two Nodes', nodes: { a: {} }, body }, 'name', /kebab-case/],
  ['no nodes', { name: 'a', nodes: {}, body }, 'nodes', /1 to 254 nodes/],
  [
    'a node named like a tool',
    { name: 'a', nodes: { print: {} }, body },
    'nodes.print',
    /tool of the test body/,
  ],
  ['a node with a strange name', { name: 'a', nodes: { 'a/b': {} }, body }, 'nodes.a/b', /letters, digits/],
  ['an unknown architecture', node({ arch: 'riscv64' }), 'nodes.alpha.arch', /"x86_64"\|"aarch64"/],
  ['memory without a unit', node({ memory: '512' }), 'nodes.alpha.memory', /write it like '256M'/],
  ['memory as a number', node({ memory: 512 }), 'nodes.alpha.memory', /write it like '256M'/],
  ['a vlan beyond the last', node({ vlans: [255] }), 'nodes.alpha.vlans.0', /1 to 254/],
  [
    'a relative image',
    node({ guest: { disk: { path: 'x.wic' } } }),
    'nodes.alpha.guest.disk.path',
    /absolute/,
  ],
  [
    'a package that is an option',
    node({ guest: { packages: ['-y'] } }),
    'nodes.alpha.guest.packages.0',
    /not a name/,
  ],
  ['a topology twice', { ...node({}), topologies: ['simple', 'simple'] }, 'topologies', /twice/],
  ['a body that is none', { name: 'a', nodes: { a: {} }, body: 'x' }, 'body', /must be a function/],
  ['no body', { name: 'a', nodes: { a: {} } }, 'body', /must be a function/],
])('%s is named with its keys', (_, value, path, message) => {
  const issues = checkDefinition(value)
  if (!Array.isArray(issues)) throw new Error('it was accepted')
  expect(issues.map((issue) => issue.path.join('.'))).toContain(path)
  expect(issues.find((issue) => issue.path.join('.') === path)?.message).toMatch(message)
})

test('topologies give checks of their own, the first under the plain name', () => {
  const definition = { name: 'network', topologies: ['vlans', 'simple'] } as unknown as SuiteDefinition
  expect(checksOf(definition)).toEqual([
    { name: 'network', topology: 'vlans' },
    { name: 'network-simple', topology: 'simple' },
  ])
})

const source = `import { vmCheck } from 'vmproof'
const memory = '1G' // memory: not this one
export default vmCheck({
  name: 'a',
  nodes: {
    alpha: { memory: '512M' },
    beta: {
      memory: 'much',
      'tags': [],
    },
  },
})
`

test.each([
  [[], 3],
  [['name'], 4],
  [['nodes', 'beta', 'memory'], 8],
  [['nodes', 'beta', 'tags'], 9],
  [['nodes', 'gamma', 'memory'], 5],
])('%j is found in line %i', (keys, line) => {
  expect(lineOfKeys(source, keys)).toBe(line)
})
