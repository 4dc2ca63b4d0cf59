import { vmCheck } from 'vmproof'
import { combinedGuest } from './lib/combined-guest.ts'
import {
  receiveLines,
  startTraffic,
  stopTraffic,
  trafficGuest,
  waitForAnswers,
} from './lib/counted-traffic.ts'
import { topologyCards, topologyGuest, wire } from './lib/topology.ts'

const node = { memory: '128M', vlans: topologyCards, guest: combinedGuest(topologyGuest, trafficGuest) }
const activeCard = 'cat /sys/class/net/bond0/bonding/active_slave'

export default vmCheck({
  name: 'bond-failover',
  description: 'Two cards as one link: when the active one fails, the other takes over within a second',
  tags: ['network'],
  timeout: '2m',
  topologies: ['bonding-vlans'],
  nodes: { alpha: node, beta: node },

  body: async ({ alpha, beta, topology, startAll, subtest, print, expect }) => {
    print('[PHASE 1] two cards, one link')
    await startAll()
    const [, address] = await Promise.all([wire(alpha, topology), wire(beta, topology)])
    await receiveLines(beta)
    await alpha.waitUntilSucceeds(`ping -c 1 -W 1 ${address}`, { timeout: '20s' })
    const first = (await alpha.succeed(activeCard)).trim()

    const failOver = async (metric: string) => {
      const active = (await alpha.succeed(activeCard)).trim()
      await startTraffic(alpha, address)
      await alpha.block(active)
      await alpha.waitUntilSucceeds(`[ "$(${activeCard})" != ${active} ]`, { timeout: '10s' })
      await waitForAnswers(alpha)
      const interruption = await stopTraffic(alpha, beta)
      expect({ name: metric, value: interruption, unit: 'ms', node: 'alpha' }).toBeAtMost(1000)
      await alpha.unblock(active)
      await alpha.waitUntilSucceeds(`[ "$(cat /sys/class/net/${active}/carrier)" = 1 ]`, { timeout: '10s' })
    }
    print('[PHASE 2] the active card loses its link')
    await subtest('the other card takes over', () => failOver('fail-over'))

    print('[PHASE 3] the other card loses its link')
    await subtest('the first card takes over again', () => failOver('fail-back'))
    await alpha.succeed(`[ "$(${activeCard})" = ${first} ]`)

    print('[PHASE 4] both lose it, so nothing may pass')
    await alpha.block()
    await alpha.fail(`ping -c 2 -W 1 ${address}`)
    await alpha.unblock()
    await alpha.waitUntilSucceeds(`ping -c 1 -W 1 ${address}`, { timeout: '20s' })
  },
})
