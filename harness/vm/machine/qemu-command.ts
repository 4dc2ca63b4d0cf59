import { shellPort } from '../guest/init-script.ts'
import type { Architecture } from '../suite.ts'
import { addressesOf, type NodeAddress, type NodeConfig, type TestConfig } from '../test-config.ts'
import type { QemuSockets } from './qemu.ts'

/** What one node's QEMU is told; all sockets exist before the start. */
export interface QemuOrder {
  test: TestConfig
  node: NodeConfig
  sockets: QemuSockets
  /** Unix socket of the switch's port for a network card. */
  cardSocket(card: NodeAddress): string
}

const machines: Record<Architecture, { program: string; options: string[]; cpu: string; console: string }> = {
  x86_64: { program: 'qemu-system-x86_64', options: ['-machine', 'pc'], cpu: 'qemu64', console: 'ttyS0' },
  aarch64: {
    program: 'qemu-system-aarch64',
    options: ['-machine', 'virt'],
    cpu: 'cortex-a57',
    console: 'ttyAMA0',
  },
}

/**
 * Command line of one node's QEMU 7.2 or newer: console on standard output, backdoor shell on a virtio port,
 * one network card per vlan and none to the host. Nothing of it listens on a network.
 */
export function qemuCommand(order: QemuOrder): string[] {
  const { test, node, sockets } = order
  const machine = machines[node.architecture]
  return [
    machine.program,
    ...machine.options,
    ...acceleratorOptions(node, machine.cpu),
    ...['-name', node.name, '-m', String(node.memoryMiB), '-smp', String(node.cores)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=shell,path=${escapeComma(sockets.shell)}`],
    ...['-chardev', `socket,id=monitor,path=${escapeComma(sockets.monitor)}`],
    ...['-mon', 'chardev=monitor,mode=control'],
    // Not a virtconsole, NixOS's choice: QEMU drops what a guest writes there while nobody reads.
    ...['-device', 'virtio-serial-pci', '-device', `virtserialport,chardev=shell,name=${shellPort}`],
    ...['-device', 'virtio-rng-pci'],
    ...networkOptions(order),
    ...bootOptions(test, node),
    ...node.qemuOptions,
  ]
}

function bootOptions(config: TestConfig, node: NodeConfig): string[] {
  const { boot } = node
  if (boot.type === 'disk') throw new Error('booting from a disk is not known here')
  return ['-kernel', boot.kernel, '-initrd', boot.initrd, '-append', kernelParameters(config, node)]
}

function acceleratorOptions(node: NodeConfig, cpu: string): string[] {
  return node.accelerator === 'tcg'
    ? ['-accel', 'tcg,thread=multi', '-cpu', cpu]
    : ['-accel', node.accelerator, '-cpu', 'host']
}

/** Cards bear their names in our guests: `eth1` is also the id for QMP's set_link. */
function networkOptions({ test, node, cardSocket }: QemuOrder): string[] {
  return addressesFor(test, node).flatMap((card) => [
    '-netdev',
    `stream,id=cable-${card.interface},server=off,addr.type=unix,addr.path=${escapeComma(cardSocket(card))}`,
    '-device',
    // Without a boot ROM: firmware would spend its time on looking for a boot server.
    `virtio-net-pci,id=${card.interface},netdev=cable-${card.interface},mac=${card.mac},romfile=`,
  ])
}

/**
 * What the guest's init reads, see guest/init-script.ts. `panic=1` with `-no-reboot` ends QEMU when the kernel
 * panics; `clocksource=acpi_pm` because an emulated time stamp counter drifts.
 */
function kernelParameters(config: TestConfig, node: NodeConfig): string {
  const { console } = machines[node.architecture]
  const hosts = addressesOf(config.nodes).flatMap(({ node, ip }) => (ip === null ? [] : [`${node}@${ip}`]))
  return [
    `console=${console}`,
    'panic=1',
    ...(node.architecture === 'x86_64' ? ['clocksource=acpi_pm'] : []),
    `vmproof.node=${node.name}`,
    ...addressesFor(config, node).flatMap((card) =>
      card.ip === null ? [] : [`vmproof.address=${card.interface}@${card.ip}/24`],
    ),
    ...(hosts.length > 0 ? [`vmproof.hosts=${hosts.join(',')}`] : []),
  ].join(' ')
}

function addressesFor(config: TestConfig, node: NodeConfig): NodeAddress[] {
  return addressesOf(config.nodes).filter((address) => address.node === node.name)
}

/** QEMU's option syntax doubles a comma inside a value. */
function escapeComma(value: string): string {
  return value.replaceAll(',', ',,')
}
