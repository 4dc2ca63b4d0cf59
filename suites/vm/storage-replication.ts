import assert from 'node:assert/strict'
import { vmCheck } from '../../harness/vm/suite.ts'
import { blockPrograms, ledger, lostBlocksOf, waitForBlocks } from './lib/acknowledged-blocks.ts'
import {
  declarePeerDead,
  describeMirror,
  drbdGuest,
  letGo,
  makeMirror,
  outOfSync,
  sumsOfDisks,
  takeOver,
  waitForMirror,
} from './lib/drbd.ts'
import { stopwatch } from './lib/stopwatch.ts'

const guest = { ...drbdGuest, files: { ...drbdGuest.files, ...blockPrograms } }
const node = { memory: '192M', disks: [{ size: '24M' }], guest }

export default vmCheck({
  name: 'storage-replication',
  description: 'DRBD: a volume on two nodes is handed over, and survives a crash of the one that writes',
  tags: ['storage'],
  timeout: '3m',
  nodes: { alpha: node, beta: node },

  body: async ({ alpha, beta, startAll, ...tools }) => {
    const { subtest, print, expect, metric, partition, heal } = tools
    print('[PHASE 1] two disks become one volume')
    await startAll()
    const mirror = describeMirror([alpha, beta])
    await makeMirror([alpha, beta], mirror)
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

    print('[PHASE 3] the side that writes is cut off, and dies in the middle of it')
    await takeOver(alpha)
    await alpha.succeed(`write-blocks /volume/blocks 3000 > ${ledger} 2> /dev/console &`)
    await waitForBlocks(alpha, 30)
    partition([alpha], [beta])
    // Time enough to promise what the other side will never hear of.
    await alpha.sleep(1)
    const promised = (await alpha.succeed(`cat ${ledger}`)).trim()
    await alpha.crash()
    heal()
    const dead = stopwatch()
    await declarePeerDead(beta)
    await takeOver(beta)
    metric({ name: 'take-over', value: dead(), unit: 's', node: 'beta' })
    await subtest('whatever was promised is on the other side', async () => {
      await beta.succeed(`cat > ${ledger} <<'END'\n${promised}\nEND`)
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
    await subtest('the disks themselves hold the same', async () => {
      const [first, second] = await sumsOfDisks([alpha, beta])
      assert.equal(first, second)
    })
  },
})
