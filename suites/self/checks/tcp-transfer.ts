import assert from 'node:assert/strict'
import { testScript } from '../../../harness/vm/test-script.ts'

const mebibytes = 4

export default testScript<'alpha' | 'beta'>(async ({ alpha, beta, startAll, subtest, print, metric }) => {
  print('[PHASE 1] boot both nodes')
  await startAll()
  await alpha.waitUntilSucceeds('ping -c 1 -W 1 beta')

  print('[PHASE 2] transfer')
  const wanted = await subtest('alpha offers a file', async () => {
    await alpha.succeed(`head -c ${mebibytes}M /dev/urandom > /tmp/file`)
    await alpha.succeed('(nc -l -p 8080 < /tmp/file) > /dev/null 2>&1 &')
    await alpha.waitUntilSucceeds("netstat -tln | grep -q ':8080 '")
    return alpha.succeed('sha256sum < /tmp/file')
  })
  await subtest('beta fetches it', async () => {
    const start = Number(await beta.succeed('cut -d " " -f 1 /proc/uptime'))
    await beta.succeed('nc alpha 8080 < /dev/null > /tmp/file')
    const seconds = Number(await beta.succeed('cut -d " " -f 1 /proc/uptime')) - start
    metric({
      name: 'throughput',
      value: Math.round((mebibytes * 8.388608) / seconds),
      unit: 'Mbit/s',
      node: 'beta',
    })
  })

  print('[PHASE 3] compare')
  assert.equal(await beta.succeed('sha256sum < /tmp/file'), wanted, 'the file arrived changed')
})
