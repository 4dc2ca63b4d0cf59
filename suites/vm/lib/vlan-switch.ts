import type { VmNode } from 'vmproof'

/** Makes a node a switch. @param ports the VLAN that each of its cards carries, with tags */
export async function becomeSwitch(node: VmNode, ports: Record<string, number>): Promise<void> {
  // Otherwise all ports share VLAN 1, which is for what has no tag.
  await node.succeed('ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0 && ip link set br0 up')
  for (const [card, vlan] of Object.entries(ports)) {
    await node.succeed(
      `ip address flush dev ${card} && ip link set ${card} master br0`,
      `bridge vlan add vid ${vlan} dev ${card}`,
    )
  }
}

/** Has a port of the switch carry another VLAN. */
export async function moveTo(node: VmNode, card: string, vlan: { from: number; to: number }): Promise<void> {
  await node.succeed(`bridge vlan delete vid ${vlan.from} dev ${card}`)
  await node.succeed(`bridge vlan add vid ${vlan.to} dev ${card}`)
}

/**
 * Has a node put these tags on all that it sends, the first outermost, and gives it one address. What it wore before
 * is gone.
 *
 * @returns the card to send by
 */
export async function wearTags(node: VmNode, tags: number[], address: string): Promise<string> {
  await node.succeed(
    // One that carries another takes it along.
    'for card in $(cd /sys/class/net && ls -d eth1.* 2> /dev/null); do ip link delete $card || true; done',
    'ip address flush dev eth1',
  )
  let card = 'eth1'
  for (const tag of tags) {
    const tagged = `${card}.${tag}`
    await node.succeed(
      `ip link add link ${card} name ${tagged} type vlan id ${tag}`,
      `ip link set ${tagged} up`,
    )
    card = tagged
  }
  await node.succeed(`ip address add ${address}/24 dev ${card}`)
  return card
}
