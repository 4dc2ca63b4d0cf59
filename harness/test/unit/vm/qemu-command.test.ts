import { describe, expect, test } from 'vitest'
import type { DiskFiles } from '../../../vm/machine/disks.ts'
import { identityWords, qemuCommand } from '../../../vm/machine/qemu-command.ts'
import type { BootConfig, NodeConfig, TestConfig } from '../../../vm/test-config.ts'

const own: BootConfig = { type: 'own', kernel: '/guest/kernel', initrd: '/guest/initrd' }

function node(name: string, more: Partial<NodeConfig> = {}): NodeConfig {
  return {
    name,
    architecture: 'x86_64',
    accelerator: 'tcg',
    memoryMiB: 128,
    cores: 2,
    vlans: [1],
    diskSizesMiB: [],
    boot: own,
    qemuOptions: [],
    ...more,
  }
}

function config(nodes: NodeConfig[]): TestConfig {
  return {
    name: 'test',
    topology: 'simple',
    globalTimeoutSeconds: 60,
    timeoutFactor: 1,
    snapshots: null,
    nodes,
  }
}

const noDisks: DiskFiles = { overlay: null, empty: [], firmware: null }

interface Change {
  nodes?: NodeConfig[]
  disks?: Partial<DiskFiles>
  folder?: string
}

/** The command of the first node. */
function command(one: NodeConfig, { nodes = [one], disks = {}, folder = '/state' }: Change = {}): string[] {
  return qemuCommand({
    test: config(nodes),
    node: one,
    sockets: { shell: `${folder}/shell`, worker: `${folder}/worker`, monitor: `${folder}/qmp` },
    disks: { ...noDisks, ...disks },
    cardSocket: (card) => `${folder}/vlan${card.vlan}/${card.node}.${card.interface}`,
  })
}

/** The value behind an option, or every value of a repeated one. */
function values(words: string[], option: string): string[] {
  return words.flatMap((word, index) => (word === option ? [words[index + 1] ?? ''] : []))
}

test('a node has its memory, its cores and no network card but those of its vlans', () => {
  const words = command(node('a', { vlans: [] }))
  expect(values(words, '-m')).toEqual(['128'])
  expect(values(words, '-smp')).toEqual(['2'])
  expect(words).toContain('-nodefaults')
  expect(values(words, '-netdev')).toEqual([])
})

test('addresses follow the alphabet of names, not the order of declaration', () => {
  const nodes = [node('beta', { vlans: [2, 1] }), node('alpha')]
  const [beta = node('')] = nodes
  const words = command(beta, { nodes })
  expect(values(words, '-netdev')).toEqual([
    'stream,id=cable-eth1,server=off,addr.type=unix,addr.path=/state/vlan2/beta.eth1',
    'stream,id=cable-eth2,server=off,addr.type=unix,addr.path=/state/vlan1/beta.eth2',
  ])
  expect(words).toContain('virtio-net-pci,id=eth1,netdev=cable-eth1,mac=52:54:00:12:02:02,romfile=')
  expect(identityWords(config(nodes), beta)).toEqual([
    'vmproof.node=beta',
    'vmproof.address=eth1@192.168.2.2/24',
    'vmproof.address=eth2@192.168.1.2/24',
    'vmproof.hosts=alpha@192.168.1.1,beta@192.168.2.2,beta@192.168.1.2',
  ])
})

test('two cards on one switch differ in name, cable and hardware address; the second has no address', () => {
  const twice = node('a', { vlans: [3, 3] })
  const words = command(twice)
  expect(values(words, '-device').filter((device) => device.startsWith('virtio-net'))).toEqual([
    'virtio-net-pci,id=eth1,netdev=cable-eth1,mac=52:54:00:12:03:01,romfile=',
    'virtio-net-pci,id=eth2,netdev=cable-eth2,mac=52:54:00:13:03:01,romfile=',
  ])
  expect(identityWords(config([twice]), twice).join(' ')).not.toContain('eth2')
})

test('nothing listens: QEMU only connects, and only to Unix sockets', () => {
  const words = command(node('a'), { nodes: [node('a'), node('b')] }).join(' ')
  expect(words).not.toMatch(/tcp|udp|server=on|hostfwd|-netdev user|-vnc|-monitor/)
})

test('a comma in a path does not end an option', () => {
  const words = command(node('a'), { folder: '/state,of' })
  expect(words).toContain('socket,id=shell,path=/state,,of/shell')
  expect(words).toContain('socket,id=worker,path=/state,,of/worker')
})

describe('processors', () => {
  test('architecture and accelerator choose program, machine and model', () => {
    const arm = command(node('a', { architecture: 'aarch64', qemuOptions: ['-machine', 'none'] }))
    expect(arm.slice(0, 7)).toEqual([
      ...['qemu-system-aarch64', '-machine', 'virt'],
      ...['-accel', 'tcg,thread=multi', '-cpu', 'cortex-a57'],
    ])
    expect(values(arm, '-append')[0]).toMatch(/^console=ttyAMA0 /)
    expect(arm.slice(-2)).toEqual(['-machine', 'none'])
  })

  test('under KVM an x86 guest gets no model of which some hosts abort', () => {
    const words = command(node('a', { accelerator: 'kvm' }))
    expect(values(words, '-accel')).toEqual(['kvm'])
    expect(values(words, '-cpu')[0]).toMatch(/^qemu64,/)
    expect(values(words, '-append')[0]).not.toContain('clocksource')
    const arm = command(node('a', { accelerator: 'kvm', architecture: 'aarch64' }))
    expect(values(arm, '-cpu')).toEqual(['host'])
  })

  test("under TCG somebody else's guest gets all that QEMU knows", () => {
    const direct: BootConfig = { type: 'direct', kernel: '/k', initrd: '/i', append: '', disk: null }
    expect(values(command(node('a', { boot: direct })), '-cpu')).toEqual(['max'])
  })
})

describe('boot', () => {
  const disk = { path: '/images/a.wic', format: 'raw' as const }
  const overlay = { path: '/proc/7/fd/20', base: disk }

  test('a kernel of others gets its words behind ours, and no identity', () => {
    const boot: BootConfig = {
      type: 'direct',
      kernel: '/k',
      initrd: '/i',
      append: 'init=/nix/init quiet',
      disk: null,
    }
    const words = command(node('a', { boot }))
    expect(values(words, '-append')).toEqual([
      'console=ttyS0 panic=1 clocksource=acpi_pm init=/nix/init quiet',
    ])
    expect(values(words, '-device').filter((device) => device.includes('console'))).toEqual([
      'virtconsole,chardev=shell',
    ])
  })

  test("a disk's file is only read: the guest sees a layer over it", () => {
    const words = command(node('a', { boot: { type: 'disk', disk, firmware: 'bios' } }), {
      disks: { overlay },
    })
    const [layer = ''] = values(words, '-blockdev')
    expect(JSON.parse(layer)).toMatchObject({
      driver: 'qcow2',
      file: { filename: '/proc/7/fd/20' },
      backing: { driver: 'raw', 'read-only': true, file: { filename: '/images/a.wic' } },
    })
    expect(words).not.toContain('-kernel')
    expect(values(words, '-machine')).toEqual(['pc'])
  })

  test('UEFI comes in two flash images, of which only the variables are written', () => {
    const firmware = { code: '/fw/CODE.fd', variables: '/proc/7/fd/21' }
    const boot: BootConfig = { type: 'disk', disk, firmware: 'uefi' }
    const words = command(node('a', { boot }), { disks: { overlay, firmware } })
    expect(values(words, '-machine')).toEqual(['q35,pflash0=firmware-code,pflash1=firmware-variables'])
    const nodes = values(words, '-blockdev').map((text) => JSON.parse(text))
    expect(nodes.map((one) => [one['node-name'], one['read-only'] ?? false])).toEqual([
      ['firmware-code', true],
      ['firmware-variables', false],
      ['disk0', false],
    ])
  })

  test('empty disks follow the image', () => {
    const boot: BootConfig = { type: 'disk', disk, firmware: 'bios' }
    const words = command(node('a', { boot }), { disks: { overlay, empty: ['/proc/7/fd/22'] } })
    expect(values(words, '-device').filter((device) => device.startsWith('virtio-blk'))).toEqual([
      'virtio-blk-pci,drive=disk0',
      'virtio-blk-pci,drive=disk1',
    ])
  })
})
