import { expect, test } from 'vitest'
import { constraintOf } from '../../../profile/constraint.ts'
import { nameOfCard } from '../../../vm/machine/conditions.ts'
import { underProfile } from '../../../vm/source/conditions.ts'
import type { SuiteNode } from '../../../vm/source/definition.ts'
import { profile } from '../../helpers/profiles.ts'

const card = { interface: 'eth1', mac: '52:54:00:12:01:02' }

test.each([
  ['00:00:00:00:00:00 lo\n52:54:00:12:01:02 enp0s3\n', 'enp0s3'],
  ['52:54:00:12:01:02 bond0\n52:54:00:12:01:02 eth1', 'eth1'],
  ['52:54:00:12:01:02 a; reboot\n52:54:00:12:01:02 $(x)\n', 'eth1'],
  ['', 'eth1'],
])('of %j the card is %s', (listing, name) => {
  expect(nameOfCard(card, listing)).toBe(name)
})

function node(name: string, facts: Partial<SuiteNode> = {}): SuiteNode {
  const machine = { memoryMiB: 192, cores: 1, diskSizesMiB: [], qemuOptions: [] }
  return { ...machine, name, architecture: null, vlans: [1, 2], guest: {}, ...facts }
}

test('only guests whose links are constrained get what that takes, and only those that are put together here', () => {
  const links = [
    { nodes: 'a*', on: { type: 'vlan', number: 2 } as const, constraint: constraintOf({ loss: '1%' }) },
  ]
  const packaged = { packages: ['iproute2', 'etcd-server'], modules: ['vxlan'] }
  const image = { disk: { path: '/image.wic' } }
  const limits = [{ nodes: 'b', memoryMiB: 96, cores: null }]
  const nodes = underProfile(
    [node('a1'), node('a2', { guest: packaged }), node('a3', { guest: image }), node('b')],
    profile('lossy', { links, limits }),
  )
  const modules = ['sch_netem', 'sch_htb', 'sch_tbf']
  expect(nodes.map(({ guest }) => guest)).toEqual([
    { packages: ['iproute2'], modules },
    { packages: ['iproute2', 'etcd-server'], modules: ['vxlan', ...modules] },
    image,
    {},
  ])
  expect(nodes.map(({ conditions }) => conditions.map((one) => [one.interface, one.words]))).toEqual([
    ...[[['eth2', 'loss 1%']], [['eth2', 'loss 1%']], [['eth2', 'loss 1%']], []],
  ])
  expect(nodes.map(({ memoryMiB }) => memoryMiB)).toEqual([192, 192, 192, 96])
})

test('without a profile nodes are as their suite has them', () => {
  expect(underProfile([node('a')], null)).toEqual([{ ...node('a'), conditions: [] }])
})
