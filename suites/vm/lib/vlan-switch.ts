import type { VmNode } from '../../../harness/vm/script/node.ts'

/** Makes a node a switch with VLANs. @param ports which VLAN each of its cards carries */
export async function becomeSwitch(node: VmNode, ports: Record<string, number>): Promise<void> {
  // Without VLAN 1, which every port is otherwise in for what has no tag.
  await node.succeed('ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0 && ip link set br0 up')
  for (const [card, vlan] of Object.entries(ports)) {
    await node.succeed(
      `ip address flush dev ${card} && ip link set ${card} master br0`,
      `bridge vlan add vid ${vlan} dev ${card}`,
    )
  }
}

/**
 * Gives a node one address, in whatever it sends with these tags; several are put one inside the other, the first
 * outermost.
 *
 * @returns the card to send by
 */
export async function wearTags(node: VmNode, tags: number[], address: string): Promise<string> {
  await node.succeed(
    // What stood on eth1 before goes; a card that carries others takes them along.
    'for card in $(ls /sys/class/net | grep ^eth1.); do ip link delete $card 2> /dev/null || true; done',
    'ip address flush dev eth1',
  )
  let card = 'eth1'
  for (const tag of tags) {
    await node.succeed(`ip link add link ${card} name ${card}.${tag} type vlan id ${tag}`)
    card = `${card}.${tag}`
    await node.succeed(`ip link set ${card} up`)
  }
  await node.succeed(`ip address add ${address}/24 dev ${card}`)
  return card
}
