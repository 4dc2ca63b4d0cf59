import type { VmNode } from '../../harness/vm/script/node.ts'
import { type Topology, vmCheck } from '../../harness/vm/suite.ts'
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
  sequencePrograms,
  startWriting,
  stopWriting,
  waitForWrites,
} from './lib/etcd-sequence.ts'
import { stopwatch } from './lib/stopwatch.ts'
import { topologyCards, topologyGuest, wire } from './lib/topology.ts'

const member = {
  memory: '256M',
  vlans: topologyCards,
  disks: etcdDisks,
  guest: {
    packages: [...etcdGuest.packages, ...topologyGuest.packages],
    modules: etcdGuest.modules,
    availableModules: topologyGuest.availableModules,
    files: { ...etcdGuest.files, ...sequencePrograms },
  },
}

/**
 * What k3s keeps its state in: etcd on three servers. Beside each server a client writes a numbered sequence through
 * all that happens, and at the end everything that was acknowledged must be there.
 */
export default vmCheck({
  name: 'cluster-formation',
  description:
    'etcd forms, loses its leader, splits, loses its quorum, recovers and grows; no acknowledged write is lost',
  tags: ['cluster', 'etcd'],
  timeout: '3m',
  topologies: ['simple', 'vlans', 'bonding-vlans'],
  nodes: { server1: member, server2: member, server3: member, agent: member },

  body: async ({
    server1,
    server2,
    server3,
    agent,
    topology,
    partition,
    heal,
    subtest,
    print,
    expect,
    metric,
  }) => {
    print('[PHASE 1] three servers form a cluster')
    const servers = await Promise.all([server1, server2, server3].map((node) => prepare(node, topology)))
    const formation = stopwatch()
    await subtest('all servers name the same leader', async () => {
      await Promise.all(servers.map((one) => startEtcd(one, servers)))
      await agreedLeader(servers, '30s')
    })
    metric({ name: 'formation', value: formation(), unit: 's' })
    const tenWrites = stopwatch()
    await server1.succeed('for n in $(seq 10); do etcdctl put "ten/$n" "$n"; done')
    metric({ name: 'write', value: (tenWrites() / 10) * 1000, unit: 'ms', node: 'server1' })
    await Promise.all(servers.map(startWriting))
    await subtest('every server takes writes', () => waitForWrites(servers))

    print('[PHASE 2] the leader crashes')
    const crashed = await agreedLeader(servers)
    const survivors = without(servers, crashed)
    await crashed.node.crash()
    const election = stopwatch()
    await subtest('the survivors elect another', () => agreedLeader(survivors))
    metric({ name: 'election', value: election(), unit: 's' })
    await subtest('they take writes', () => waitForWrites(survivors))
    await subtest('the crashed server returns and takes writes', () => comeBack([crashed], servers, topology))

    print('[PHASE 3] the leader is cut off from the others')
    const isolated = await agreedLeader(servers)
    const majority = without(servers, isolated)
    partition(
      [isolated.node],
      majority.map(({ node }) => node),
    )
    await subtest('the majority elects another leader', () => agreedLeader(majority))
    await subtest('the majority takes writes', () => waitForWrites(majority))
    await subtest('the minority refuses writes and still answers reads', () => demandReadOnly(isolated))
    heal()
    await subtest('healed, all agree and take writes', async () => {
      await agreedLeader(servers)
      await waitForWrites(servers)
    })

    print('[PHASE 4] two of three are lost')
    const [last, ...lost] = servers as [EtcdMember, ...EtcdMember[]]
    await Promise.all(lost.map(({ node }) => node.crash()))
    await subtest('the last one refuses writes and still answers reads', () => demandReadOnly(last))
    await subtest('with the others back, all take writes', () => comeBack(lost, servers, topology))

    print('[PHASE 5] an agent joins late')
    const joined = await prepare(agent, topology)
    await subtest('it learns what the others know, then votes', () => joinEtcd(joined, servers))

    print('[PHASE 6] nothing that was promised is lost')
    await Promise.all(servers.map(stopWriting))
    const promised = new Map(
      await Promise.all(servers.map(async (one) => [one, await acknowledged(one)] as const)),
    )
    metric({ name: 'acknowledged', value: [...promised.values()].flat().length, unit: 'writes' })
    for (const one of [...servers, joined]) {
      const lostKeys = await lostWrites(one, promised)
      expect({ name: 'lost', value: lostKeys.length, unit: 'writes', node: one.node.name }).toBeAtMost(0)
    }
  },
})

/** Boots a server for the first time and wires it. */
async function prepare(node: VmNode, topology: Topology): Promise<EtcdMember> {
  const address = await wire(node, topology)
  await formatDisk(node)
  return { node, address }
}

/** Boots servers that had crashed, and waits until they are a part of the cluster again. */
async function comeBack(crashed: EtcdMember[], servers: EtcdMember[], topology: Topology): Promise<void> {
  await Promise.all(
    crashed.map(async (one) => {
      await wire(one.node, topology)
      await startEtcd(one, servers)
      await startWriting(one)
    }),
  )
  await agreedLeader(servers, '30s')
  await waitForWrites(servers)
}

/** Without a quorum a member knows of no leader: it takes no write, but tells what it has, if asked for no more. */
async function demandReadOnly(member: EtcdMember): Promise<void> {
  const { node } = member
  await node.waitUntilSucceeds('etcdctl endpoint status | grep "no leader"', { timeout: '15s' })
  const before = await acknowledged(member)
  await node.fail('etcdctl --command-timeout=2s put refused yes')
  await node.fail('etcdctl --command-timeout=2s get ten/1')
  await node.succeed('etcdctl --consistency=s get ten/1 | grep -x 1')
  const after = await acknowledged(member)
  if (after.length > before.length)
    throw new Error(`${node.name} acknowledged ${after.at(-1)} without a quorum`)
}

function without(members: EtcdMember[], one: EtcdMember): EtcdMember[] {
  return members.filter((member) => member !== one)
}
