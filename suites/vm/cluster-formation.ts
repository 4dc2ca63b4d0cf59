import assert from 'node:assert/strict'
import { type TestContext, type VmNode, vmCheck } from 'vmproof'
import { combinedGuest } from './lib/combined-guest.ts'
import {
  agreedLeader,
  type EtcdMember,
  etcdDisks,
  etcdGuest,
  formatDisk,
  joinEtcd,
  startEtcd,
} from './lib/etcd.ts'
import {
  acknowledged,
  lostWrites,
  sequenceGuest,
  startWriting,
  stopWriting,
  waitForWrites,
} from './lib/etcd-sequence.ts'
import { etcdWritePrograms, writeTime } from './lib/etcd-writes.ts'
import { stopwatch } from './lib/stopwatch.ts'
import { topologyCards, topologyGuest, wire } from './lib/topology.ts'

const member = {
  memory: '256M',
  vlans: topologyCards,
  disks: etcdDisks,
  guest: combinedGuest(etcdGuest, topologyGuest, sequenceGuest, { files: etcdWritePrograms }),
}

/**
 * What k3s keeps its state in: etcd on three servers. Beside each server a client writes a numbered sequence through
 * all that happens, and at the end everything that was acknowledged must be there.
 */
export default vmCheck({
  name: 'cluster-formation',
  description:
    'etcd forms, loses its leader and its quorum, splits, recovers and grows; no promised write is lost',
  tags: ['cluster', 'etcd'],
  timeout: '3m',
  topologies: ['simple', 'vlans', 'bonding-vlans'],
  nodes: { server1: member, server2: member, server3: member, agent: member },

  body: async (test) => {
    test.print('[PHASE 1] three servers form a cluster')
    const servers = await formCluster(test)
    test.print('[PHASE 2] the leader crashes')
    const survivors = await crashLeader(test, servers)
    test.print('[PHASE 3] another crashes, and both come back')
    await crashAnother(test, survivors, servers)
    test.print('[PHASE 4] the leader is cut off from the others')
    await isolateLeader(test, servers)
    test.print('[PHASE 5] an agent joins late')
    const agent = await joinLate(test, servers)
    test.print('[PHASE 6] nothing that was promised is lost')
    await compare(test, servers, [...servers, agent])
  },
})

type Test = TestContext<'server1' | 'server2' | 'server3' | 'agent'>

async function formCluster(test: Test): Promise<EtcdMember[]> {
  const { server1, server2, server3, subtest, metric } = test
  const servers = await Promise.all([server1, server2, server3].map((node) => prepare(test, node)))
  const formation = stopwatch()
  const leader = await subtest('all servers name the same leader', async () => {
    await Promise.all(servers.map((server) => startEtcd(server, servers)))
    return agreedLeader(servers, '30s')
  })
  metric({ name: 'formation', value: formation(), unit: 's' })
  await server1.succeed('etcdctl put colour blue')
  metric({ name: 'write', value: await writeTime(leader, 20, 'x'), unit: 'ms', node: leader.node.name })
  await Promise.all(servers.map(startWriting))
  await subtest('every server takes writes', () => waitForWrites(servers))
  return servers
}

/** @returns the others */
async function crashLeader({ subtest, metric }: Test, servers: EtcdMember[]): Promise<EtcdMember[]> {
  const leader = await agreedLeader(servers)
  const survivors = servers.filter((server) => server !== leader)
  await leader.node.crash()
  const election = stopwatch()
  await subtest('the survivors elect another', () => agreedLeader(survivors))
  metric({ name: 'election', value: election(), unit: 's' })
  await subtest('the survivors take writes', () => waitForWrites(survivors))
  return survivors
}

async function crashAnother(test: Test, survivors: EtcdMember[], servers: EtcdMember[]): Promise<void> {
  const last = await agreedLeader(survivors)
  const lost = servers.filter((server) => server !== last)
  await Promise.all(lost.map(({ node }) => node.crash()))
  await test.subtest('the last server takes no write, and still answers', () => demandReadOnly(last))
  await test.subtest('the lost servers come back with what they had', async () => {
    await Promise.all(lost.map((server) => comeBack(test, server, servers)))
    await demandWhole(servers)
  })
}

async function isolateLeader({ partition, heal, subtest }: Test, servers: EtcdMember[]): Promise<void> {
  const leader = await agreedLeader(servers)
  const majority = servers.filter((server) => server !== leader)
  const others = majority.map(({ node }) => node)
  partition([leader.node], others)
  await subtest('the majority elects another leader', () => agreedLeader(majority))
  await subtest('the majority takes writes', () => waitForWrites(majority))
  await subtest('the minority takes no write, and still answers', () => demandReadOnly(leader))
  heal()
  await subtest('all agree and take writes', () => demandWhole(servers))
}

async function joinLate(test: Test, servers: EtcdMember[]): Promise<EtcdMember> {
  const agent = await prepare(test, test.agent)
  await test.subtest('it learns what the servers know, and then votes', () => joinEtcd(agent, servers))
  return agent
}

async function compare(
  { expect, metric }: Test,
  writers: EtcdMember[],
  holders: EtcdMember[],
): Promise<void> {
  await Promise.all(writers.map(stopWriting))
  const promised = (await Promise.all(writers.map(acknowledged))).flat()
  metric({ name: 'acknowledged', value: promised.length, unit: 'writes' })
  for (const holder of holders) {
    const lost = await lostWrites(holder, promised)
    if (lost.length > 0) holder.node.log(`lost: ${lost.join(' ')}`)
    expect({ name: 'lost', value: lost.length, unit: 'writes', node: holder.node.name }).toBeAtMost(0)
  }
}

/** Boots a node for the first time. */
async function prepare({ topology }: Test, node: VmNode): Promise<EtcdMember> {
  const address = await wire(node, topology)
  await formatDisk(node)
  return { node, address }
}

/** Boots a server that crashed; its disk is as it was. */
async function comeBack({ topology }: Test, server: EtcdMember, servers: EtcdMember[]): Promise<void> {
  await wire(server.node, topology)
  await startEtcd(server, servers)
  await startWriting(server)
}

async function demandWhole(servers: EtcdMember[]): Promise<void> {
  await agreedLeader(servers, '30s')
  await waitForWrites(servers)
}

/** Without a quorum a member knows no leader: it acknowledges nothing, and tells what it has to who asks for no more. */
async function demandReadOnly(server: EtcdMember): Promise<void> {
  const { node } = server
  await node.waitUntilSucceeds('etcdctl endpoint status | grep "no leader"', {
    timeout: '15s',
    process: 'etcd',
  })
  const before = await acknowledged(server)
  await node.fail('etcdctl --command-timeout=1s put colour red')
  await node.fail('etcdctl --command-timeout=1s get colour')
  await node.succeed('etcdctl --consistency=s get colour | grep -x blue')
  assert.deepEqual(await acknowledged(server), before, `${node.name} acknowledged writes without a quorum`)
}
