import { testScript } from '../../../harness/vm/script/test-script.ts'

export default testScript<'alpha' | 'beta'>(async ({ alpha, beta, startAll, subtest, print, metric }) => {
  print('[PHASE 1] boot both nodes')
  await startAll()
  await alpha.waitUntilSucceeds('ip address show dev eth1 | grep -q 192.168.1.1')
  await beta.waitUntilSucceeds('ip address show dev eth1 | grep -q 192.168.1.2')

  print('[PHASE 2] reach each other')
  await subtest('by address', async () => {
    await alpha.waitUntilSucceeds('ping -c 1 -W 1 192.168.1.2')
    await beta.succeed('ping -c 1 -W 1 192.168.1.1')
  })
  await subtest('by name', async () => {
    const answer = await alpha.succeed('ping -c 5 -i 0.2 beta')
    // round-trip min/avg/max = 0.402/0.570/0.911 ms
    const average = Number(/= [\d.]+\/([\d.]+)\//.exec(answer)?.[1])
    metric({ name: 'rtt', value: average, unit: 'ms', node: 'alpha' })
  })

  print('[PHASE 3] nobody else is there')
  await alpha.fail('ping -c 1 -W 1 192.168.1.77')
})
