import { compareText } from '../model/compare-text.ts'
import type { Accelerator } from '../model/outcome.ts'

/** QEMU's machine families that the driver knows, by the names of `uname -m`. */
export type Architecture = 'x86_64' | 'aarch64'

/** One VM of a test, as the flake (or later a suite file) declares it. */
export interface NodeConfig {
  name: string
  memoryMiB: number
  cores: number
  /** Numbers of the virtual switches it is plugged into; its interfaces are eth1, eth2 … in this order. */
  vlans: number[]
  /** Appended to QEMU's command line. */
  qemuOptions: string[]
}

/** Everything about a test but its script: the JSON that suites/self/lib.nix writes and main.ts reads. */
export interface TestConfig {
  name: string
  architecture: Architecture
  accelerator: Accelerator
  /** Folder with `kernel` and `initrd`. */
  guest: string
  /** The driver ends the test after this time, whatever it waits for. */
  globalTimeoutSeconds: number
  nodes: NodeConfig[]
}

/** What a node is called on its networks. */
export interface NodeAddress {
  node: string
  vlan: number
  /** `192.168.VLAN.N` with N the node's place in the alphabet of names, counted from 1, as in NixOS tests. */
  ip: string
  /** `52:54:00:12:VLAN:N`, both in hexadecimal, as in NixOS tests. */
  mac: string
}

/** Addresses of all nodes on all their vlans, nodes in alphabetical order. */
export function addressesOf(nodes: NodeConfig[]): NodeAddress[] {
  const sorted = [...nodes].sort((a, b) => compareText(a.name, b.name))
  return sorted.flatMap((node, index) =>
    node.vlans.map((vlan) => ({
      node: node.name,
      vlan,
      ip: `192.168.${vlan}.${index + 1}`,
      mac: `52:54:00:12:${hexadecimal(vlan)}:${hexadecimal(index + 1)}`,
    })),
  )
}

function hexadecimal(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
