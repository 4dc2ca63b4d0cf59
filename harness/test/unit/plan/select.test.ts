import { expect, test } from 'vitest'
import { nearNames, type Selection, select, selectionFor } from '../../../plan/select.ts'
import { listed } from '../../helpers/checks.ts'

const checks = [
  listed('storage-nfs', { tags: ['storage', 'slow'] }),
  listed('k3s-network', { tags: ['k3s', 'network'] }),
  listed('k3s-storage', { tags: ['k3s', 'storage'] }),
  listed('boot', { tags: ['smoke'], kind: 'vm' }),
  listed('odd[1]'),
]

const all: Selection = { names: [], tags: [], notTags: [], kind: null }

test.each<[string, Partial<Selection>, string[]]>([
  ['everything, by name', {}, ['boot', 'k3s-network', 'k3s-storage', 'odd[1]', 'storage-nfs']],
  ['a name', { names: ['boot'] }, ['boot']],
  ['a glob', { names: ['k3s-*'] }, ['k3s-network', 'k3s-storage']],
  ['alternatives', { names: ['{boot,storage-*}'] }, ['boot', 'storage-nfs']],
  ['a name that looks like a glob', { names: ['odd[1]'] }, ['odd[1]']],
  ['several names, once each', { names: ['k3s-*', 'k3s-network'] }, ['k3s-network', 'k3s-storage']],
  ['any of several tags', { tags: ['network', 'smoke'] }, ['boot', 'k3s-network']],
  ['none of the unwanted tags', { tags: ['storage'], notTags: ['slow'] }, ['k3s-storage']],
  ['a kind', { kind: 'vm' }, ['boot']],
  ['names and tags together', { names: ['k3s-*'], tags: ['storage'] }, ['k3s-storage']],
])('selects %s', (_, wanted, names) => {
  expect(select(checks, { ...all, ...wanted }).map(({ check }) => check.name)).toEqual(names)
})

test.each([['*'], ['**']])('%s is no pattern for paths', (glob) => {
  const names = ['-dash', '.hidden', 'a/b', 'star*']
  const odd = names.map((name) => listed(name))
  expect(select(odd, { ...all, names: [glob] })).toHaveLength(names.length)
})

test('knows which checks were named in full', () => {
  const selected = select(checks, { ...all, names: ['k3s-*', 'k3s-network'] })
  expect(selected.map((one) => [one.check.name, one.namedExplicitly])).toEqual([
    ['k3s-network', true],
    ['k3s-storage', false],
  ])
})

test.each<[string, Partial<Selection>, RegExp, RegExp]>([
  ['a slip', { names: ['k3s-netwrok'] }, /^k3s-netwrok: there is no check/, /did you mean k3s-network\?/],
  ['a part', { names: ['storage'] }, /^storage: there is no check/, /k3s-storage or storage-nfs/],
  ['nothing near', { names: ['zzzzzz'] }, /^zzzzzz: there is no check/, /vmproof list/],
  ['a glob', { names: ['x*'] }, /^x\*: no check has a name like this/, /vmproof list/],
  ['a tag', { tags: ['nope'] }, /none of 5 checks has the tag nope/, /vmproof list/],
])('%s that fits nothing is a clear error with exit code 3', (_, wanted, message, hint) => {
  const failing = () => select(checks, { ...all, ...wanted })
  expect(failing).toThrow(message)
  expect(failing).toThrow(expect.objectContaining({ exitCode: 3, hints: [expect.stringMatching(hint)] }))
})

test('says so when there is no check at all', () => {
  expect(() => select([], all)).toThrow(/there is no check at all here/)
})

test.each<[string, Partial<Selection>, Partial<Selection>]>([
  ['stands without names and tags', {}, { tags: ['smoke'], notTags: ['slow'] }],
  ['yields to a name', { names: ['boot'] }, { names: ['boot'], tags: [], notTags: [] }],
  ['yields to a tag', { tags: ['k3s'] }, { tags: ['k3s'], notTags: [] }],
  ['is narrowed by --not-tag', { notTags: ['k3s'] }, { tags: ['smoke'], notTags: ['slow', 'k3s'] }],
])("the configuration's selection %s", (_, asked, expected) => {
  expect(selectionFor({ ...all, ...asked }, { tags: ['smoke'], notTags: ['slow'] })).toMatchObject(expected)
})

test('near names: nearest first, three at most', () => {
  expect(nearNames('node', ['node-1', 'nodes', 'mode', 'nod', 'completely-different'])).toHaveLength(3)
  expect(nearNames('abcdef', ['uvwxyz'])).toEqual([])
})
