import assert from 'node:assert/strict'
import { testScript } from '../../../harness/vm/script/test-script.ts'

const mebibytes = 4
const megabitsPerMebibyte = 8.388608

export default testScript<'alpha' | 'beta'>(async ({ alpha, beta, startAll, subtest, print, metric }) => {
  print('[PHASE 1] boot both nodes')
  await startAll()
  await alpha.waitUntilSucceeds('ping -c 1 -W 1 beta')

  print('[PHASE 2] transfer')
  const wanted = await subtest('alpha serves a file', async () => {
    await alpha.succeed(
      `mkdir /srv && dd if=/dev/urandom of=/srv/file bs=1M count=${mebibytes} 2> /dev/null`,
      'httpd -p 8080 -h /srv',
    )
    await alpha.waitForOpenPort(8080)
    return alpha.succeed('sha256sum < /srv/file')
  })
  await subtest('beta fetches it', async () => {
    const seconds = await beta.succeed('time -f %e wget -q -O /tmp/file http://alpha:8080/file 2>&1')
    metric({
      name: 'throughput',
      value: Math.round((mebibytes * megabitsPerMebibyte) / Math.max(Number(seconds), 0.01)),
      unit: 'Mbit/s',
      node: 'beta',
    })
  })

  print('[PHASE 3] compare')
  assert.equal(await beta.succeed('sha256sum < /tmp/file'), wanted, 'the file arrived changed')
})
