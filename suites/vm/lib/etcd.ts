import type { VmNode } from 'vmproof'

/** A node as a member of an etcd cluster. */
export interface EtcdMember {
  node: VmNode
  /** Where clients and other members reach it. */
  address: string
}

/**
 * `etcd-leader ENDPOINTS` says the endpoint of the leader, once all these members name the same one. It asks over
 * etcd's JSON gateway: to start etcdctl takes an emulated node longer than to elect a leader may take.
 */
const leaderProgram = `#!/bin/sh
for endpoint in "$@"; do
  status=$(timeout 2 wget -q -O - --post-data '{}' "http://$endpoint/v3/maintenance/status") || exit 1
  # {"header":{"cluster_id":"25…","member_id":"75…","raft_term":"2"},"version":"3.4.23","leader":"15…",…}
  member=$(echo "$status" | sed 's/.*"member_id":"\\([0-9]*\\)".*/\\1/')
  leader=$(echo "$status" | sed -n 's/.*"leader":"\\([1-9][0-9]*\\)".*/\\1/p')
  # Who knows no leader does not name one.
  [ -n "$leader" ] && [ "$leader" = "\${agreed:=$leader}" ] || exit 1
  [ "$member" != "$leader" ] || found=$endpoint
done
echo "\${found:?the leader is none of these}"
`

/** Guest of a member. etcd allocates 128 MiB for its log at once, so it needs a disk: see `etcdDisks`. */
export const etcdGuest = {
  packages: ['etcd-server', 'etcd-client', 'e2fsprogs'],
  modules: ['virtio_blk', 'ext4'],
  files: { '/usr/bin/etcd-leader': leaderProgram },
}

/** Disks of a member: the state of etcd, which survives a crash of the node. */
export const etcdDisks = [{ size: '256M' }]

/** Where the disk is mounted. */
export const etcdFolder = '/var/lib/etcd'

/** Makes the disk ready, once. */
export async function formatDisk(node: VmNode): Promise<void> {
  await node.succeed('mkfs.ext4 -q /dev/vda')
}

/**
 * Starts etcd on a booted node; the etcd of a member that was there before goes on with what its disk holds.
 *
 * A leader is missed after 2 s without a heartbeat, twice as long as etcd's default: emulated nodes that share a core
 * may be kept waiting for a second.
 */
export async function startEtcd(
  { node, address }: EtcdMember,
  cluster: EtcdMember[],
  state: 'new' | 'existing' = 'new',
): Promise<void> {
  const peers = cluster.map((member) => `${member.node.name}=http://${member.address}:2380`)
  const etcd = [
    `etcd --name ${node.name} --data-dir ${etcdFolder}/data`,
    `--listen-peer-urls http://${address}:2380 --initial-advertise-peer-urls http://${address}:2380`,
    `--listen-client-urls http://127.0.0.1:2379,http://${address}:2379`,
    `--advertise-client-urls http://${address}:2379`,
    `--initial-cluster ${peers.join(',')} --initial-cluster-state ${state}`,
    '--heartbeat-interval 200 --election-timeout 2000 --pre-vote',
  ]
  await node.succeed(
    `mkdir -p ${etcdFolder}`,
    `mount -t ext4 /dev/vda ${etcdFolder}`,
    // Before version 3.5, etcd starts on 64-bit ARM only when asked to.
    `ETCD_UNSUPPORTED_ARCH=arm64 ${etcd.join(' ')} > /dev/console 2>&1 &`,
  )
}

/**
 * Waits until all these members name the same leader.
 *
 * @param timeout an election takes 2 to 4 s from the last heartbeat, and is repeated when the vote is split
 * @returns the leader
 */
export async function agreedLeader(members: EtcdMember[], timeout = '15s'): Promise<EtcdMember> {
  const { node } = anyOf(members)
  const addresses = members.map(({ address }) => `${address}:2379`)
  const ask = `etcd-leader ${addresses.join(' ')}`
  const leader = await node.waitUntilSucceeds(ask, { timeout, process: 'etcd' })
  const found = members.find(({ address }) => leader.trim() === `${address}:2379`)
  if (!found) throw new Error(`the leader ${leader.trim()} is none of the members that were asked`)
  return found
}

/**
 * Makes a booted node a further member: first a learner, which gets all data and has no vote, then, as soon as it holds
 * what the leader holds, a member like the others.
 */
export async function joinEtcd(newcomer: EtcdMember, members: EtcdMember[]): Promise<void> {
  const { node } = anyOf(members)
  const peer = `http://${newcomer.address}:2380`
  const listed = `etcdctl member list | grep -F ${peer}`
  // Refused until all members have been connected for 5 s. What was added without our hearing of it is in the list.
  const add = `${listed} || etcdctl member add ${newcomer.node.name} --learner --peer-urls=${peer}`
  await node.waitUntilSucceeds(add, { timeout: '30s', process: 'etcd' })
  // 3a57933972cb5131, unstarted, , http://192.168.1.1:2380, , true
  const id = /^\w+/.exec(await node.succeed(listed))?.[0]
  await startEtcd(newcomer, [...members, newcomer], 'existing')
  // Refused until the learner has caught up. What was promoted without our hearing of it is no longer a learner.
  const promote = `etcdctl member promote ${id} || etcdctl member list | grep "^${id},.* false$"`
  await node.waitUntilSucceeds(promote, { timeout: '30s', process: 'etcd' })
}

function anyOf([first]: EtcdMember[]): EtcdMember {
  if (!first) throw new Error('a cluster has at least one member')
  return first
}
