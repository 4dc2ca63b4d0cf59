import assert from 'node:assert/strict'
import { type Architecture, type VmNode, vmCheck } from 'vmproof'
import { agreedLeader, etcdDisks, etcdGuest, formatDisk, startEtcd } from './lib/etcd.ts'
import { stopwatch } from './lib/stopwatch.ts'

/** One definition for both: the guest's packages are those of the node's architecture. */
const member = (arch: Architecture) => ({ arch, memory: '256M', disks: etcdDisks, guest: etcdGuest })

export default vmCheck({
  name: 'arm64',
  description: 'An ARM and an Intel node form one etcd cluster',
  tags: ['cluster', 'etcd', 'arm64'],
  timeout: '2m',
  nodes: { arm: member('aarch64'), intel: member('x86_64') },

  body: async ({ arm, intel, subtest, print, metric }) => {
    print('[PHASE 1] two architectures')
    await Promise.all(
      [arm, intel].map(async (node) => {
        const boot = stopwatch()
        await node.succeed('true')
        metric({ name: 'boot', value: boot(), unit: 's', node: node.name })
        await formatDisk(node)
      }),
    )
    await arm.succeed('uname -m | grep -x aarch64')
    await intel.succeed('uname -m | grep -x x86_64')
    const slowness = (await secondsOfWork(arm)) / (await secondsOfWork(intel))
    metric({ name: 'time-arm-to-intel', value: slowness, unit: 'x' })

    print('[PHASE 2] one cluster')
    const members = [arm, intel].map((node) => ({ node, address: node.address() }))
    const formation = stopwatch()
    await Promise.all(members.map((one) => startEtcd(one, members)))
    await subtest('both name the same leader', () => agreedLeader(members, '30s'))
    metric({ name: 'formation', value: formation(), unit: 's' })

    print('[PHASE 3] what one writes, the other reads')
    await arm.succeed('etcdctl put from/arm "$(uname -m)"')
    await intel.succeed('etcdctl put from/intel "$(uname -m)"')
    const expected = 'from/arm\naarch64\nfrom/intel\nx86_64\n'
    assert.equal(await intel.succeed('etcdctl get --prefix from/'), expected)
    assert.equal(await arm.succeed('etcdctl get --prefix from/'), expected)
    await arm.succeed('etcdctl endpoint health --cluster')
  },
})

/** @returns seconds for a fixed piece of work */
async function secondsOfWork(node: VmNode): Promise<number> {
  const work = stopwatch()
  await node.succeed('dd if=/dev/zero bs=1M count=4 | sha256sum')
  return work()
}
