import type { TestScript } from './script/test-script.ts'

// What suites import as `vmproof` is this file; see harness/build-types.mjs.
export type { Measured } from './script/expectation.ts'
export type { VmNode } from './script/node.ts'
export type { TestContext, TestScript, TestTools } from './script/test-script.ts'

/** Machine families that the driver can start, by the names of `uname -m`. */
export type Architecture = 'x86_64' | 'aarch64'

/**
 * How the nodes of a check are wired. `simple`: one flat network. `vlans`: tagged VLANs (802.1Q) over one card.
 * `bonding-vlans`: tagged VLANs over a bond of two cards.
 */
export type Topology = 'simple' | 'vlans' | 'bonding-vlans'

/** A guest put together from Debian packages; nothing is installed on the host. */
export interface PackagedGuest {
  /** Debian binary packages, such as `etcd-server`; what they depend on comes along. */
  packages?: string[]
  /** Kernel modules loaded at boot, such as `sch_netem`; what they need comes along. */
  modules?: string[]
  /** Kernel modules that are merely there, for `modprobe`. */
  availableModules?: string[]
  /** `tiny` (default): busybox boots to a shell within a second. `systemd`: units, journal, targets. */
  init?: 'tiny' | 'systemd'
  /** Absolute path in the guest to content; scripts (`#!`) become executable. */
  files?: Record<string, string>
  /** systemd units started at boot. */
  enabledUnits?: string[]
}

/** A kernel and an initial file system that somebody else built; the backdoor service is theirs. Absolute paths. */
export interface DirectGuest {
  kernel: string
  initrd: string
  /** Kernel command line, in addition to the driver's `console=`. */
  append?: string
  /** Optional disk with the root file system. */
  disk?: ImageFile
}

/** A bootable disk that somebody else built, for example by NixOS or ISAR (`.wic`). */
export interface DiskGuest {
  disk: ImageFile
  /** Default `uefi`. */
  firmware?: 'bios' | 'uefi'
}

/** The file itself is never written to: the node works on a copy-on-write layer. */
export interface ImageFile {
  /** Absolute. */
  path: string
  /** Default: by the name's ending (`.qcow2`; all else is raw, `.wic` too). */
  format?: 'raw' | 'qcow2'
}

/** What a node boots. */
export type GuestDefinition = PackagedGuest | DirectGuest | DiskGuest

/** An empty disk of the node's own, gone with the check. The nth is /dev/vd(a+n) in a packaged guest. */
export interface DiskDefinition {
  /** Such as `64M`. */
  size: string
}

/** One VM of a check. */
export interface NodeDefinition {
  /** Default: the host's. */
  arch?: Architecture
  /** Such as `256M` (default `192M`). */
  memory?: string
  /** Default 1. */
  cores?: number
  /**
   * Numbers of the virtual switches it is plugged into, a network card each, eth1 being the first; default [1].
   * A number may stand twice: two cards on one switch.
   */
  vlans?: number[]
  disks?: DiskDefinition[]
  guest?: GuestDefinition
  /** Appended to QEMU's command line. */
  qemuOptions?: string[]
}

/** A check of kind `vm`: what one suite file exports by default. */
export interface CheckDefinition<Name extends string = string> {
  /** Kebab-case; the file's name without `.ts`. */
  name: string
  description?: string
  tags?: string[]
  nodes: Record<Name, NodeDefinition>
  /** Limit for the whole check, such as `2m` (default `10m`); on the scale of KVM, longer under TCG. */
  timeout?: string
  /** Wirings on which it makes sense; the first is the check NAME, each further one a check NAME-TOPOLOGY. */
  topologies?: Topology[]
  /** Constraint profiles under which it is meant to pass; default: all. */
  profiles?: string[]
  body: TestScript<Name>
}

/** Gives a definition its types: `export default vmCheck({ name: 'smoke', nodes: { machine: {} }, body: … })`. */
export function vmCheck<Name extends string>(definition: CheckDefinition<Name>): CheckDefinition<Name> {
  return definition
}

/**
 * Constraints on links, for checks that set their own:
 * `node.succeed(constrainLine('eth1', constraintOf({ delay: '50ms', loss: '1%' })))`, and then `releaseLine('eth1')`.
 * The guest needs the package iproute2 and the modules sch_netem, sch_htb, sch_tbf.
 */
export { constraintOf, type WrittenConstraint } from '../profile/constraint.ts'
export { constrainLine, releaseLine } from '../profile/shell.ts'
