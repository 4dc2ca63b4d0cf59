import { vmCheck } from 'vmproof'
import { becomeSwitch, moveTo, wearTags } from './lib/vlan-switch.ts'

const guest = { packages: ['iproute2'], modules: ['8021q', 'bridge'] }
const memory = '128M'

/** All addresses are neighbours, so that nothing but the VLANs keeps them apart. */
const target = '10.0.0.1'
const insider = '10.0.0.2'
const intruder = '10.0.0.66'

export default vmCheck({
  name: 'vlan-separation',
  description:
    'A switch with VLANs (802.1Q): neighbours reach each other in one VLAN, and by no trick across two',
  tags: ['network'],
  timeout: '2m',
  nodes: {
    alpha: { memory, guest, vlans: [1] },
    beta: { memory, guest, vlans: [2] },
    fabric: { memory, guest, vlans: [1, 2] },
  },

  body: async ({ alpha, beta, fabric, startAll, subtest, print }) => {
    print('[PHASE 1] both in VLAN 10')
    await startAll()
    await becomeSwitch(fabric, { eth1: 10, eth2: 10 })
    await wearTags(alpha, [10], target)
    await alpha.succeed('mkdir /srv && echo here I am > /srv/file && httpd -h /srv')
    const mac = (await alpha.succeed('cat /sys/class/net/eth1/address')).trim()
    const reachAlpha = async (address: string) => {
      const card = await wearTags(beta, [10], address)
      for (const attempt of attempts(card)) await beta.waitUntilSucceeds(attempt, { timeout: '10s' })
    }
    await subtest('neighbours', () => reachAlpha(insider))

    print('[PHASE 2] beta in VLAN 20')
    await moveTo(fabric, 'eth2', { from: 10, to: 20 })
    const sneakIn = async (tags: number[]) => {
      const card = await wearTags(beta, tags, intruder)
      // It knows alpha's MAC address already: to ask for it in vain must not be what stops it.
      await beta.succeed(`ip neighbour replace ${target} lladdr ${mac} dev ${card} nud permanent`)
      for (const attempt of attempts(card)) await beta.fail(attempt)
    }
    await subtest('its own tag', () => sneakIn([20]))
    await subtest('a forged tag', () => sneakIn([10]))
    await subtest('a forged tag inside its own', () => sneakIn([20, 10]))
    await subtest('no tag', () => sneakIn([]))
    // Even a packet that found no way back would have left a trace here.
    await alpha.fail(`ip neighbour show ${intruder} | grep .`)

    print('[PHASE 3] beta in VLAN 10 again: nothing else was in the way')
    await moveTo(fabric, 'eth2', { from: 20, to: 10 })
    await reachAlpha(intruder)
    await alpha.succeed(`ip neighbour show ${intruder} | grep .`)
  },
})

/** Ways of reaching alpha: its card, its address, its web server. */
function attempts(card: string): string[] {
  return [
    `arping -c 1 -w 1 -I ${card} ${target}`,
    `ping -c 1 -W 1 ${target}`,
    `timeout 1 wget -q -O /dev/null http://${target}/file`,
  ]
}
