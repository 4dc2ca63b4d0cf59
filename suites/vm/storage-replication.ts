import assert from 'node:assert/strict'
import { type TestContext, vmCheck } from 'vmproof'
import { blockGuest, ledger, lostBlocksOf, waitForBlocks } from './lib/acknowledged-blocks.ts'
import { combinedGuest } from './lib/combined-guest.ts'
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

const side = {
  memory: '192M',
  disks: [{ size: '24M' }],
  guest: combinedGuest(drbdGuest, blockGuest),
}

/** What a cluster keeps its volumes on: two disks on two nodes, and one of the nodes writes. */
export default vmCheck({
  name: 'storage-replication',
  description: 'DRBD: a volume on two nodes is handed over, and survives a crash of the one that writes',
  tags: ['storage'],
  timeout: '3m',
  nodes: { alpha: side, beta: side },

  body: async (test) => {
    test.print('[PHASE 1] two disks become one volume')
    await makeVolume(test)
    test.print('[PHASE 2] the volume is handed over')
    const data = await handOver(test)
    test.print('[PHASE 3] the side that writes is cut off, and dies in the middle of it')
    await crashWriter(test, data)
    test.print('[PHASE 4] the crashed side comes back')
    await comeBack(test)
    await test.subtest('the disks themselves hold the same', async () => {
      const [first, second] = await sumsOfDisks([test.alpha, test.beta])
      assert.equal(first, second)
    })
  },
})

type Test = TestContext<'alpha' | 'beta'>

async function makeVolume({ alpha, beta, startAll, metric }: Test): Promise<void> {
  await startAll()
  await makeMirror([alpha, beta])
  const synchronizing = stopwatch()
  // Neither side has anything of worth yet, so somebody has to say whose emptiness counts.
  await alpha.succeed('drbdadm primary --force r0')
  await waitForMirror(alpha)
  metric({ name: 'first-sync', value: synchronizing(), unit: 's' })
  await alpha.succeed('mkfs.ext4 -q /dev/drbd0')
}

/** @returns a command that demands that the volume holds what was written here */
async function handOver({ alpha, beta, subtest, metric }: Test): Promise<string> {
  await takeOver(alpha)
  const writing = stopwatch()
  await alpha.succeed('dd if=/dev/urandom of=/volume/data bs=1M count=8 conv=fsync')
  metric({ name: 'write', value: 8 / writing(), unit: 'MiB/s', node: 'alpha' })
  const sum = await alpha.succeed('sha256sum /volume/data')
  const data = `echo '${sum.trim()}' | sha256sum -c`
  await subtest('one side at a time', async () => {
    await beta.fail('drbdadm primary r0')
    await beta.fail('dd if=/dev/drbd0 of=/dev/null count=1')
  })
  await letGo(alpha)
  await takeOver(beta)
  await beta.succeed(data)
  await letGo(beta)
  return data
}

async function crashWriter({ alpha, beta, ...test }: Test, data: string): Promise<void> {
  await takeOver(alpha)
  await alpha.succeed(`write-blocks /volume/blocks 3000 > ${ledger} 2> /dev/console &`)
  await waitForBlocks(alpha, 30)
  test.partition([alpha], [beta])
  // Time enough to promise what the other side will never hear of.
  await alpha.sleep(1)
  const promised = await alpha.succeed(`cat ${ledger}`)
  await alpha.crash()
  test.heal()
  const away = stopwatch()
  await declarePeerDead(beta)
  await takeOver(beta)
  test.metric({ name: 'take-over', value: away(), unit: 's', node: 'beta' })
  await test.subtest('whatever was promised is on the other side', async () => {
    await beta.succeed(`cat > ${ledger} <<'END'\n${promised.trim()}\nEND`)
    const lost = await lostBlocksOf(beta, '/volume/blocks')
    test.expect({ name: 'lost-blocks', value: lost.length, unit: 'blocks', node: 'beta' }).toBeAtMost(0)
    await beta.succeed(data)
  })
}

async function comeBack({ alpha, beta, expect, metric }: Test): Promise<void> {
  await beta.succeed('dd if=/dev/urandom of=/volume/meanwhile bs=1M count=4 conv=fsync')
  await alpha.start()
  await alpha.succeed(describeMirror([alpha, beta]))
  const synchronizing = stopwatch()
  await alpha.succeed('drbdadm up r0')
  await waitForMirror(alpha)
  metric({ name: 'resync', value: synchronizing(), unit: 's', node: 'alpha' })
  await letGo(beta)
  expect({ name: 'out-of-sync', value: await outOfSync(beta), unit: 'KiB' }).toBeAtMost(0)
}
