import { vmCheck } from 'vmproof'
import { blockGuest, ledger, longestPause, lostBlocksOf, waitForBlocks } from './lib/acknowledged-blocks.ts'
import { combinedGuest } from './lib/combined-guest.ts'
import { initiatorGuest, logIn, logOut, serveVolume, targetGuest } from './lib/iscsi.ts'
import { stopwatch } from './lib/stopwatch.ts'
import { topologyCards, topologyGuest, wire } from './lib/topology.ts'

export default vmCheck({
  name: 'storage',
  description: 'iSCSI: files on a volume of another node, whose power fails in the middle of writing',
  tags: ['storage'],
  timeout: '2m',
  topologies: ['simple', 'vlans'],
  nodes: {
    initiator: {
      memory: '192M',
      vlans: topologyCards,
      guest: combinedGuest(initiatorGuest, blockGuest, topologyGuest),
    },
    target: {
      memory: '192M',
      vlans: topologyCards,
      disks: [{ size: '64M' }],
      guest: combinedGuest(targetGuest, topologyGuest),
    },
  },

  body: async ({ initiator, target, topology, startAll, ...tools }) => {
    const { subtest, print, expect, metric } = tools
    print('[PHASE 1] a disk over the network')
    await startAll()
    const [, address] = await Promise.all([wire(initiator, topology), wire(target, topology)])
    await subtest('the target offers its disk', () => serveVolume(target, '/dev/vda'))
    await subtest('the initiator finds it', () => logIn(initiator, address))
    await initiator.succeed('mkfs.ext4 -q /dev/sda', 'mkdir /volume', 'mount /dev/sda /volume')

    print('[PHASE 2] what one side writes, the other side holds')
    const seconds = stopwatch()
    await initiator.succeed('dd if=/dev/urandom of=/volume/data bs=1M count=16 conv=fsync')
    metric({ name: 'write', value: 16 / seconds(), unit: 'MiB/s', node: 'initiator' })
    const sum = await initiator.succeed('sha256sum /volume/data')
    await initiator.succeed('umount /volume')
    await target.succeed('mkdir /volume', 'mount -o ro /dev/vda /volume')
    await target.succeed(sameSum(sum))
    await target.succeed('umount /volume')

    print('[PHASE 3] the power of the target fails in the middle of writing')
    await initiator.succeed('mount /dev/sda /volume')
    await initiator.succeed(`write-blocks /volume/blocks 60 > ${ledger} 2> /dev/console &`)
    await waitForBlocks(initiator, 30)
    await target.crash()
    await target.start()
    await wire(target, topology)
    await subtest('the target offers its disk again', () => serveVolume(target, '/dev/vda'))
    await subtest('the writer goes on where it stopped, and sees no error', () =>
      waitForBlocks(initiator, 60),
    )
    const outage = await longestPause(initiator)
    expect({ name: 'outage', value: outage, unit: 's', node: 'initiator' }).toBeAtMost(60)

    print('[PHASE 4] nothing that was promised is lost')
    await initiator.succeed('umount /volume', 'fsck.ext4 -fn /dev/sda')
    await subtest('over a new session, so that nothing comes from memory', async () => {
      await logOut(initiator)
      await logIn(initiator, address)
      await initiator.succeed('mount /dev/sda /volume', sameSum(sum))
    })
    const lost = await lostBlocksOf(initiator, '/volume/blocks')
    expect({ name: 'lost-blocks', value: lost.length, unit: 'blocks', node: 'target' }).toBeAtMost(0)
  },
})

/** A command that demands of a file what `sha256sum` said of it elsewhere. */
function sameSum(sum: string): string {
  return `echo '${sum.trim()}' | sha256sum -c`
}
