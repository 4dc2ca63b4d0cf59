import { shellPort } from '../guest/init-script.ts'
import type { Architecture } from '../suite.ts'
import { addressesOf, type NodeAddress, type NodeConfig, type TestConfig } from '../test-config.ts'
import type { DiskFiles } from './disks.ts'
import { maySnapshot } from './may-snapshot.ts'
import type { QemuSockets } from './qemu.ts'
import { workerPort } from './shell-text.ts'

/** What one node's QEMU is told; all files and sockets exist before the start. */
export interface QemuOrder {
  test: TestConfig
  node: NodeConfig
  sockets: QemuSockets
  disks: DiskFiles
  /** Unix socket of the switch's port for a network card. */
  cardSocket(card: NodeAddress): string
}

/** The QEMU program for an architecture. */
export function qemuProgram(architecture: Architecture): string {
  return `qemu-system-${architecture}`
}

/** The kernel's name of the serial port that is the console. */
const consoles: Record<Architecture, string> = { x86_64: 'ttyS0', aarch64: 'ttyAMA0' }

/**
 * Command line of one node's QEMU 7.2 or newer: console on standard output, the backdoor's and QMP's sockets, one
 * network card per vlan and none to the host. QEMU only connects, to Unix sockets; nothing of it listens.
 */
export function qemuCommand(order: QemuOrder): string[] {
  const { test, node, sockets, disks } = order
  return [
    qemuProgram(node.architecture),
    ...machineOptions(node, disks),
    ...processorOptions(node),
    ...['-name', node.name, '-m', String(node.memoryMiB), '-smp', String(node.cores)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...[...socketDevice('monitor', sockets.monitor), '-mon', 'chardev=monitor,mode=control'],
    ...shellOptions(node, sockets),
    ...['-device', 'virtio-rng-pci'],
    ...displayOptions(node),
    ...diskOptions(disks),
    ...networkOptions(order),
    ...bootOptions(test, node),
    ...node.qemuOptions,
  ]
}

function machineOptions(node: NodeConfig, { firmware }: DiskFiles): string[] {
  const family = machineFamily(node)
  if (!firmware) return ['-machine', family]
  return [
    ...blockNode('firmware-code', { driver: 'raw', 'read-only': true, file: hostFile(firmware.code) }),
    ...blockNode('firmware-variables', { driver: 'raw', file: hostFile(firmware.variables) }),
    ...['-machine', `${family},pflash0=firmware-code,pflash1=firmware-variables`],
  ]
}

/**
 * The newer PC boots our guests faster: the older one's firmware tells of its interrupts in a program that the kernel
 * interprets, at 80 million instructions a card. It also suits UEFI; for others it is the older one, as under NixOS's
 * driver.
 */
function machineFamily({ architecture, boot }: NodeConfig): string {
  if (architecture === 'aarch64') return 'virt'
  if (boot.type === 'own') return 'q35,sata=off,smbus=off'
  return boot.type === 'disk' && boot.firmware === 'uefi' ? 'q35' : 'pc'
}

/**
 * Our own guests are made for the oldest processors. Others' may want a newer one: under KVM what x86-64-v2 has
 * (`host` would be more, but aborts on hosts that are themselves guests), under TCG all that QEMU knows.
 */
function processorOptions({ architecture, accelerator, boot }: NodeConfig): string[] {
  if (accelerator === 'tcg') {
    const model = architecture === 'aarch64' ? 'cortex-a57' : boot.type === 'own' ? 'qemu64' : 'max'
    return ['-accel', 'tcg,thread=multi', '-cpu', model]
  }
  const model = architecture === 'aarch64' ? 'host' : 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt'
  return ['-accel', accelerator, '-cpu', model]
}

/**
 * Our guests greet on a port of their own, others on the first virtio console, as NixOS's do. Commands go over a
 * port: QEMU drops what a guest writes to a console while nobody reads.
 */
function shellOptions({ boot }: NodeConfig, sockets: QemuSockets): string[] {
  const greeter =
    boot.type === 'own' ? `virtserialport,chardev=shell,name=${shellPort}` : 'virtconsole,chardev=shell'
  return [
    ...socketDevice('shell', sockets.shell),
    ...socketDevice('worker', sockets.worker),
    ...['-device', 'virtio-serial-pci', '-device', greeter],
    ...['-device', `virtserialport,chardev=worker,name=${workerPort}`],
  ]
}

function socketDevice(id: string, path: string): string[] {
  return ['-chardev', `socket,id=${id},path=${escapeComma(path)}`]
}

function displayOptions({ architecture, boot }: NodeConfig): string[] {
  if (boot.type === 'own') return []
  return ['-device', architecture === 'aarch64' ? 'virtio-gpu-pci' : 'VGA']
}

/** The image's overlay is the first disk, empty disks follow. */
function diskOptions({ overlay, empty }: DiskFiles): string[] {
  const layers = overlay
    ? [
        {
          driver: 'qcow2',
          file: hostFile(overlay.path),
          backing: { driver: overlay.base.format, 'read-only': true, file: hostFile(overlay.base.path) },
        },
      ]
    : []
  const raws = empty.map((path) => ({ driver: 'raw', file: hostFile(path) }))
  return [...layers, ...raws].flatMap((image, index) => [
    // What a guest has flushed need not survive a crash of the host, so nothing is flushed.
    ...blockNode(`disk${index}`, { ...image, discard: 'unmap', cache: { 'no-flush': true } }),
    ...['-device', `virtio-blk-pci,drive=disk${index}`],
  ])
}

function hostFile(filename: string) {
  return { driver: 'file', filename }
}

function blockNode(name: string, options: Record<string, unknown>): string[] {
  return ['-blockdev', JSON.stringify({ 'node-name': name, ...options })]
}

/** Cards bear their names in our guests: `eth1` is also the id for QMP's set_link. */
function networkOptions({ test, node, cardSocket }: QemuOrder): string[] {
  return cardsOf(test, node).flatMap((card) => [
    '-netdev',
    `stream,id=cable-${card.interface},server=off,addr.type=unix,addr.path=${escapeComma(cardSocket(card))}`,
    '-device',
    // Without a boot ROM: firmware would spend its time on looking for a boot server.
    `virtio-net-pci,id=${card.interface},netdev=cable-${card.interface},mac=${card.mac},romfile=`,
  ])
}

function bootOptions(test: TestConfig, node: NodeConfig): string[] {
  const { boot } = node
  if (boot.type === 'disk') return []
  const parameters = boot.type === 'own' ? identityWords(test, node).join(' ') : boot.append
  const append = [kernelParameters(test, node), parameters].join(' ').trim()
  return ['-kernel', boot.kernel, '-initrd', boot.initrd, '-append', append]
}

/**
 * `panic=1` with `-no-reboot` ends QEMU when the kernel panics; `clocksource=acpi_pm` because an emulated time stamp
 * counter drifts.
 */
function kernelParameters(test: TestConfig, node: NodeConfig): string {
  const isEmulatedPc = node.architecture === 'x86_64' && node.accelerator === 'tcg'
  return [
    `console=${consoles[node.architecture]} panic=1`,
    ...(isEmulatedPc ? ['clocksource=acpi_pm'] : []),
    // Two fifths of the instructions of a boot are tests that the kernel makes of its own cryptography.
    ...(node.boot.type === 'own' ? ['cryptomgr.notests'] : []),
    // Clearing memory when it is freed, not when it is taken, costs the same; a snapshot is smaller by two fifths.
    ...(maySnapshot(test, node) ? ['init_on_free=1'] : []),
  ].join(' ')
}

/** What makes a guest of ours this node: see guest/identity-script.ts. */
export function identityWords(test: TestConfig, node: NodeConfig): string[] {
  const hosts = addressesOf(test.nodes).flatMap(({ node, ip }) => (ip === null ? [] : [`${node}@${ip}`]))
  return [
    `vmproof.node=${node.name}`,
    ...cardsOf(test, node).flatMap(({ interface: card, ip }) =>
      ip === null ? [] : [`vmproof.address=${card}@${ip}/24`],
    ),
    ...(hosts.length > 0 ? [`vmproof.hosts=${hosts.join(',')}`] : []),
  ]
}

function cardsOf(test: TestConfig, node: NodeConfig): NodeAddress[] {
  return addressesOf(test.nodes).filter((address) => address.node === node.name)
}

/** QEMU's option syntax doubles a comma inside a value. */
function escapeComma(value: string): string {
  return value.replaceAll(',', ',,')
}
