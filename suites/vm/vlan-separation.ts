import { vmCheck } from '../../harness/vm/suite.ts'
import { becomeSwitch, wearTags } from './lib/vlan-switch.ts'

const guest = { packages: ['iproute2'], modules: ['8021q', 'bridge'] }
const memory = '128M'

/** One network of addresses for all, so that nothing but the VLANs keeps them apart. */
const addresses = { alpha: '10.0.0.1', beta: '10.0.0.2', gamma: '10.0.0.3' }

export default vmCheck({
  name: 'vlan-separation',
  description: 'A switch with VLANs: what is in one of them reaches each other, and no trick leads into it',
  tags: ['network'],
  timeout: '2m',
  nodes: {
    alpha: { memory, guest, vlans: [1] },
    beta: { memory, guest, vlans: [2] },
    gamma: { memory, guest, vlans: [3] },
    fabric: { memory, guest, vlans: [1, 2, 3] },
  },

  body: async ({ alpha, beta, gamma, fabric, startAll, subtest, print }) => {
    const sneakIn = async (tags: number[]) => {
      const card = await wearTags(gamma, tags, addresses.gamma)
      // It even knows whom to send to, without having to ask for the MAC address.
      await gamma.succeed(`ip neighbour replace ${addresses.alpha} lladdr ${mac} dev ${card} nud permanent`)
      for (const attempt of attempts(card)) await gamma.fail(attempt)
    }

    print('[PHASE 1] alpha and beta in VLAN 10, gamma in VLAN 20')
    await startAll()
    await becomeSwitch(fabric, { eth1: 10, eth2: 10, eth3: 20 })
    await wearTags(alpha, [10], addresses.alpha)
    const card = await wearTags(beta, [10], addresses.beta)
    const mac = (await alpha.succeed('cat /sys/class/net/eth1/address')).trim()
    await alpha.succeed('mkdir /srv && echo here you are > /srv/file && httpd -h /srv')

    print('[PHASE 2] what must pass')
    for (const attempt of attempts(card)) await beta.waitUntilSucceeds(attempt, { timeout: '10s' })

    print('[PHASE 3] what must not pass')
    await subtest('its own tag', () => sneakIn([20]))
    await subtest('the tag of the others', () => sneakIn([10]))
    await subtest('the tag of the others inside its own', () => sneakIn([20, 10]))
    await subtest('its own tag inside that of the others', () => sneakIn([10, 20]))
    await subtest('no tag', () => sneakIn([]))
    // A packet that came in, even one that found no way back, would have left a trace here.
    await alpha.fail(`ip neighbour show ${addresses.gamma} | grep .`)

    print('[PHASE 4] it was the switch that kept them apart')
    await fabric.succeed('bridge vlan add vid 10 dev eth3')
    const admitted = await wearTags(gamma, [10], addresses.gamma)
    for (const attempt of attempts(admitted)) await gamma.waitUntilSucceeds(attempt, { timeout: '10s' })
  },
})

/** Ways of reaching alpha: its card, its address, its web server. */
function attempts(card: string): string[] {
  return [
    `arping -c 1 -w 1 -I ${card} ${addresses.alpha}`,
    `ping -c 1 -W 1 ${addresses.alpha}`,
    `timeout 1 wget -q -O /dev/null http://${addresses.alpha}/file`,
  ]
}
