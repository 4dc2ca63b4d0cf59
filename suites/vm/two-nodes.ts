import assert from 'node:assert/strict'
import { vmCheck } from 'vmproof'
import { stopwatch } from './lib/stopwatch.ts'

/** Size of the file that passes. */
const mebibytes = 8

export default vmCheck({
  name: 'two-nodes',
  description: 'Two nodes reach each other, and nothing else',
  tags: ['quick', 'network'],
  timeout: '1m',
  // Half of it holds files: its own, and those of tc where a profile puts it on.
  nodes: { alpha: { memory: '192M' }, beta: { memory: '192M' } },

  body: async ({ alpha, beta, startAll, subtest, print, metric }) => {
    print('[PHASE 1] both nodes boot')
    await startAll()

    print('[PHASE 2] they reach each other')
    await subtest('by address', async () => {
      await alpha.waitUntilSucceeds(`ping -c 1 -W 1 ${beta.address()}`, { timeout: '10s' })
      await beta.succeed(`ping -c 1 -W 5 ${alpha.address()}`)
    })
    await subtest('by name', async () => {
      const answer = await alpha.succeed('ping -c 5 -i 0.2 beta')
      // round-trip min/avg/max = 0.402/0.570/0.911 ms
      const average = Number(/= [\d.]+\/([\d.]+)\//.exec(answer)?.[1])
      metric({ name: 'rtt', value: average, unit: 'ms', node: 'alpha' })
    })

    print('[PHASE 3] a file passes over TCP unharmed')
    await beta.succeed(
      `mkdir -p /srv && dd if=/dev/urandom of=/srv/file bs=1M count=${mebibytes}`,
      'httpd -p 8000 -h /srv',
    )
    await alpha.waitForOpenPort(8000, { address: 'beta', timeout: '10s' })
    const transfer = stopwatch()
    await alpha.succeed('wget -q -O /tmp/file http://beta:8000/file')
    metric({ name: 'throughput', value: mebibytes / transfer(), unit: 'MiB/s', node: 'alpha' })
    const sum = await beta.succeed('sha256sum < /srv/file')
    assert.equal(await alpha.succeed('sha256sum < /tmp/file'), sum)

    print('[PHASE 4] what is not there does not answer')
    await subtest('an address of nobody', () => alpha.fail('ping -c 1 -W 1 192.168.1.77'))
    await subtest('a port that nobody serves', () => alpha.fail('nc -z beta 8001'))
    await subtest('a name of nobody', () => alpha.fail('ping -c 1 -W 1 gamma'))

    print('[PHASE 5] a link goes down and comes back')
    await beta.block()
    await beta.waitUntilSucceeds('grep -x 0 /sys/class/net/eth1/carrier', { timeout: '10s' })
    await alpha.fail('ping -c 1 -W 1 beta')
    await beta.unblock()
    await alpha.waitUntilSucceeds('ping -c 1 -W 1 beta', { timeout: '20s' })
  },
})
