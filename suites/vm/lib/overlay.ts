import type { VmNode } from 'vmproof'

/** Guest that can be a member of an overlay network. */
export const overlayGuest = {
  packages: ['iproute2', 'iputils-ping'],
  modules: ['vxlan', 'bridge', 'veth'],
}

/** Largest packet inside the overlay: VXLAN puts 50 bytes before each. */
const mtu = 1450

/** What each member must know of another: flannel calls it a lease, and keeps it in Kubernetes' API. */
export interface OverlayMember {
  node: VmNode
  /** Where its encapsulated packets go: its address in the network below. */
  address: string
  /** The third number of its pods' addresses, 10.42.N.0/24. */
  subnet: number
  /** MAC address of its end of the tunnels. */
  mac: string
}

/** Address of the pod on a member. */
export function podAddress({ subnet }: OverlayMember): string {
  return `10.42.${subnet}.2`
}

/** A command as it runs in the pod of a node. */
export function inPod(command: string): string {
  return `ip netns exec pod ${command}`
}

/**
 * Gives a node its end of the tunnels, by flannel's name and numbers, and a bridge for its pods. Learning is off: peers
 * are told of, so no packet is sent to all of them to find the right one.
 */
export async function joinOverlay(node: VmNode, address: string, subnet: number): Promise<OverlayMember> {
  await batch(
    node,
    'ip',
    `link add flannel.1 mtu ${mtu} type vxlan id 1 local ${address} dstport 8472 nolearning`,
    `address add 10.42.${subnet}.0/32 dev flannel.1`,
    'link set flannel.1 up',
    `link add cni0 mtu ${mtu} type bridge`,
    `address add 10.42.${subnet}.1/24 dev cni0`,
    'link set cni0 up',
  )
  await node.succeed('echo 1 > /proc/sys/net/ipv4/ip_forward')
  const mac = (await node.succeed('cat /sys/class/net/flannel.1/address')).trim()
  return { node, address, subnet, mac }
}

/** Tells every member of every other, as flannel does when a node joins. */
export async function introduce(members: OverlayMember[]): Promise<void> {
  await Promise.all(
    members.map(async (member) => {
      for (const peer of members) if (peer !== member) await learnPeer(member, peer)
    }),
  )
}

/** The way to a peer's pods: route, MAC address of the next hop, and the tunnel behind that MAC address. */
async function learnPeer({ node }: OverlayMember, peer: OverlayMember): Promise<void> {
  const gateway = `10.42.${peer.subnet}.0`
  await batch(
    node,
    'ip',
    `route add ${gateway}/24 via ${gateway} dev flannel.1 onlink`,
    `neighbour add ${gateway} lladdr ${peer.mac} dev flannel.1 nud permanent`,
  )
  await node.succeed(`bridge fdb add ${tunnelTo(peer)}`)
}

/** A peer's entry in the forwarding database, as `bridge fdb add` and `bridge fdb delete` take it. */
export function tunnelTo({ mac, address }: OverlayMember): string {
  return `${mac} dev flannel.1 dst ${address}`
}

/** Makes a pod: a network namespace with one card, plugged into the node's bridge, and names of its own. */
export async function addPod(member: OverlayMember): Promise<void> {
  const { node, subnet } = member
  await node.succeed('mkdir -p /etc/netns/pod', 'echo 127.0.0.1 localhost > /etc/netns/pod/hosts')
  await batch(
    node,
    'ip',
    'netns add pod',
    `link add pod0 mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns pod`,
    'link set pod0 master cni0 up',
  )
  await batch(
    node,
    'ip -n pod',
    `address add ${podAddress(member)}/24 dev eth0`,
    'link set lo up',
    'link set eth0 up',
    `route add default via 10.42.${subnet}.1`,
  )
}

/** Several commands for one call of ip. */
async function batch(node: VmNode, program: string, ...commands: string[]): Promise<void> {
  await node.succeed(`${program} -batch - <<'END'\n${commands.join('\n')}\nEND`)
}
