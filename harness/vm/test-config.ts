import { compareText } from '../model/compare-text.ts'
import type { Accelerator } from '../model/outcome.ts'
import type { QdiscFacts } from '../profile/read-back.ts'
import type { Architecture, Topology } from './suite.ts'

/** What a node's QEMU boots; all paths exist. */
export type BootConfig =
  /**
   * A guest of ours (guest/): its init reads the node's name and addresses. `isIdleAfterBoot`: when its shell greets,
   * nothing of the check's own runs yet, so that it may go on from a snapshot; default false.
   */
  | { type: 'own'; kernel: string; initrd: string; isIdleAfterBoot?: boolean }
  | { type: 'direct'; kernel: string; initrd: string; append: string; disk: ImageConfig | null }
  | { type: 'disk'; disk: ImageConfig; firmware: 'bios' | 'uefi' }

/** A disk image that is only read: writes go to a layer that is thrown away. */
export interface ImageConfig {
  path: string
  format: 'raw' | 'qcow2'
}

/** One VM of a test, with every default filled in. */
export interface NodeConfig {
  name: string
  architecture: Architecture
  accelerator: Accelerator
  memoryMiB: number
  cores: number
  /** Numbers of the virtual switches it is plugged into; its cards are eth1, eth2 … in this order. */
  vlans: number[]
  /** Empty disks, sizes in MiB. */
  diskSizesMiB: number[]
  boot: BootConfig
  /** Appended to QEMU's command line. */
  qemuOptions: string[]
  /** Of the profile; absent: none. */
  conditions?: LinkCondition[]
}

/** What holds for a network card before a frame passes it: after every boot, and before the script's first command. */
export interface LinkCondition {
  /** Such as `eth1`. */
  interface: string
  /** For a POSIX shell in the guest; `cardMark` stands for the interface. Replaces whatever held before. */
  apply: string
  /** What tc must then show, see profile/read-back.ts; null: it is not looked at. */
  expected: QdiscFacts | null
  /** For people, such as `delay 30ms, loss 1%`. */
  words: string
}

/** Stands in a line for the name that the guest has for the card. */
export const cardMark = 'VMPROOF_CARD'

/** Everything about a test but its script: the JSON that drivers are started with. */
export interface TestConfig {
  name: string
  topology: Topology
  /** Name of the profile that it runs under; absent: none. */
  profile?: string
  /** The driver ends the test after this time, whatever it waits for. */
  globalTimeoutSeconds: number
  /** Waits take this many times longer than their authors wrote: 1, and more under TCG. */
  timeoutFactor: number
  /** Folder of snapshots of booted guests; null: every guest boots. */
  snapshots: string | null
  nodes: NodeConfig[]
}

/** One network card of a node. */
export interface NodeAddress {
  node: string
  vlan: number
  /** Name in our guests: eth1 is the first. */
  interface: string
  /**
   * `192.168.VLAN.N` with N the node's place in the alphabet of names, counted from 1, as in NixOS tests; null for
   * a second card on the same switch.
   */
  ip: string | null
  /** `52:54:00:12:VLAN:N`, both in hexadecimal, as in NixOS tests; the fourth byte counts up for further cards. */
  mac: string
}

/** The network cards of all nodes, nodes in alphabetical order. */
export function addressesOf(nodes: Pick<NodeConfig, 'name' | 'vlans'>[]): NodeAddress[] {
  const sorted = [...nodes].sort((a, b) => compareText(a.name, b.name))
  return sorted.flatMap((node, index) =>
    node.vlans.map((vlan, card) => {
      const earlier = node.vlans.slice(0, card).filter((one) => one === vlan).length
      return {
        node: node.name,
        vlan,
        interface: `eth${card + 1}`,
        ip: earlier === 0 ? `192.168.${vlan}.${index + 1}` : null,
        mac: `52:54:00:${hexadecimal(0x12 + earlier)}:${hexadecimal(vlan)}:${hexadecimal(index + 1)}`,
      }
    }),
  )
}

function hexadecimal(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
