import assert from 'node:assert/strict'
import { vmCheck } from '../../harness/vm/suite.ts'
import { blockPrograms, ledger, lostBlocksOf, waitForBlocks } from './lib/acknowledged-blocks.ts'
import { describeMirror, drbdGuest, letGo, outOfSync, takeOver, waitForMirror } from './lib/drbd.ts'
import { stopwatch } from './lib/stopwatch.ts'

const guest = { ...drbdGuest, files: blockPrograms }
const node = { memory: '192M', disks: [{ size: '24M' }], guest }

export default vmCheck({
  name: 'storage-replication',
  description: 'DRBD: a volume on two nodes is handed over, and survives a crash of the one that writes',
  tags: ['storage'],
  timeout: '3m',
  nodes: { alpha: node, beta: node },

  body: async ({ alpha, beta, startAll, subtest, print, expect, metric }) => {
    print('[PHASE 1] two disks become one volume')
    await startAll()
    const mirror = describeMirror([alpha, beta])
    const initialize = 'drbdadm create-md --force r0'
    await Promise.all([alpha, beta].map((side) => side.succeed(mirror, initialize, 'drbdadm up r0')))
    await alpha.waitUntilSucceeds('[ "$(drbdadm cstate r0)" = Connected ]', { timeout: '30s' })
    await alpha.succeed('drbdadm primary --force r0')
    const synced = stopwatch()
    await waitForMirror(alpha)
    metric({ name: 'first-sync', value: synced(), unit: 's' })

    print('[PHASE 2] the volume is handed over')
    await alpha.succeed('mkfs.ext4 -q /dev/drbd0')
    await takeOver(alpha)
    const written = stopwatch()
    await alpha.succeed('dd if=/dev/urandom of=/volume/data bs=1M count=8 conv=fsync')
    metric({ name: 'write', value: 8 / written(), unit: 'MiB/s', node: 'alpha' })
    const sum = (await alpha.succeed('sha256sum /volume/data')).trim()
    await subtest('one side at a time', async () => {
      await beta.fail('drbdadm primary r0')
      await beta.fail('dd if=/dev/drbd0 of=/dev/null count=1')
    })
    await letGo(alpha)
    await takeOver(beta)
    await beta.succeed(`echo '${sum}' | sha256sum -c`)
    await letGo(beta)

    print('[PHASE 3] the side that writes crashes in the middle of it')
    await takeOver(alpha)
    await beta.succeed(`nc -ll -p 9000 -e sh -c 'cat >> ${ledger}' > /dev/null 2>&1 &`)
    await beta.waitForOpenPort(9000, { timeout: '10s' })
    await alpha.succeed(`write-blocks /volume/blocks 5000 | nc ${beta.address()} 9000 > /dev/null 2>&1 &`)
    await waitForBlocks(beta, 30)
    await alpha.succeed('[ "$(drbdadm cstate r0)" = Connected ]')
    await alpha.crash()
    const away = stopwatch()
    await takeOver(beta)
    metric({ name: 'take-over', value: away(), unit: 's', node: 'beta' })
    await subtest('every acknowledged block is on the other side', async () => {
      const lost = await lostBlocksOf(beta, '/volume/blocks')
      expect({ name: 'lost-blocks', value: lost.length, unit: 'blocks', node: 'beta' }).toBeAtMost(0)
      await beta.succeed(`echo '${sum}' | sha256sum -c`)
    })

    print('[PHASE 4] the crashed side comes back')
    await beta.succeed('dd if=/dev/urandom of=/volume/meanwhile bs=1M count=4 conv=fsync')
    await alpha.start()
    await alpha.succeed(mirror)
    const returned = stopwatch()
    await alpha.succeed('drbdadm up r0')
    await waitForMirror(alpha)
    metric({ name: 'resync', value: returned(), unit: 's', node: 'alpha' })
    await letGo(beta)
    expect({ name: 'out-of-sync', value: await outOfSync(beta), unit: 'KiB' }).toBeAtMost(0)
    await subtest('the disks hold the same, as they say themselves', async () => {
      const sectors = Number(await beta.succeed('cat /sys/block/drbd0/size'))
      const sums = await Promise.all(
        [alpha, beta].map(async (side) => {
          await side.succeed('drbdadm down r0')
          return side.succeed(`head -c ${sectors * 512} /dev/vda | sha256sum`)
        }),
      )
      assert.equal(sums[0], sums[1])
    })
  },
})
