import type { Topology, VmNode } from 'vmproof'

/** Two cards on one switch: a bond needs both, and the other topologies leave the second alone. */
export const topologyCards = [1, 1]

/** What a guest needs to be wired in any topology: busybox's `ip` knows no bonds. */
export const topologyGuest = { packages: ['iproute2'], availableModules: ['8021q', 'bonding'] }

/** Number of the tagged VLAN (802.1Q) that carries the cluster's traffic. */
const clusterTag = 200

/**
 * Wires a node after each of its boots. Where the cluster has a VLAN of its own, the node keeps no other address: what
 * works then works over the VLAN.
 *
 * @returns the node's address in the cluster
 */
export async function wire(node: VmNode, topology: Topology): Promise<string> {
  switch (topology) {
    case 'simple':
      return node.address()
    case 'vlans':
      return tagged(node, 'eth1')
    case 'bonding-vlans':
      await bond(node)
      return tagged(node, 'bond0')
  }
}

async function tagged(node: VmNode, carrier: string): Promise<string> {
  const address = `192.168.${clusterTag}.${node.address().split('.').at(-1)}`
  await node.succeed(
    'modprobe 8021q',
    'ip address flush dev eth1',
    `ip link add link ${carrier} name cluster type vlan id ${clusterTag}`,
    `ip address add ${address}/24 dev cluster`,
    'ip link set cluster up',
  )
  return address
}

/** One card works while the other waits; every 100 ms the bond looks whether their links are up. */
async function bond(node: VmNode): Promise<void> {
  await node.succeed(
    // Unasked, the module makes a bond of its own.
    'modprobe bonding max_bonds=0',
    'ip link add bond0 type bond mode active-backup miimon 100',
    'ip link set eth1 down && ip link set eth1 master bond0',
    'ip link set eth2 down && ip link set eth2 master bond0',
    'ip link set bond0 up',
  )
}
