import { expect, test } from 'vitest'
import { qemuCommand } from '../../../vm/machine/qemu-command.ts'
import type { NodeConfig, TestConfig } from '../../../vm/test-config.ts'

const paths = {
  kernel: '/guest/kernel',
  initrd: '/guest/initrd',
  shellSocket: '/state/a.shell',
  vlanSocket: (vlan: number) => `/state/vlan${vlan}`,
}

function node(name: string, more: Partial<NodeConfig> = {}): NodeConfig {
  return { name, memoryMiB: 128, cores: 2, vlans: [1], qemuOptions: [], ...more }
}

function config(nodes: NodeConfig[], more: Partial<TestConfig> = {}): TestConfig {
  return {
    name: 'test',
    architecture: 'x86_64',
    accelerator: 'tcg',
    guest: '/guest',
    globalTimeoutSeconds: 60,
    nodes,
    ...more,
  }
}

/** The value behind an option, or every value of a repeated one. */
function values(command: string[], option: string): string[] {
  return command.flatMap((word, index) => (word === option ? [command[index + 1] ?? ''] : []))
}

test('a node has its memory, its cores and no network card but those of its vlans', () => {
  const alone = node('a', { vlans: [] })
  const command = qemuCommand(config([alone]), alone, paths)
  expect(values(command, '-m')).toEqual(['128'])
  expect(values(command, '-smp')).toEqual(['2'])
  expect(command).toContain('-nodefaults')
  expect(values(command, '-netdev')).toEqual([])
})

test('addresses follow the alphabet of names, not the order of declaration', () => {
  const nodes = [node('beta', { vlans: [2, 1] }), node('alpha')]
  const command = qemuCommand(config(nodes), nodes[0] as NodeConfig, paths)
  expect(values(command, '-netdev')).toEqual([
    'stream,id=vlan2,server=off,addr.type=unix,addr.path=/state/vlan2',
    'stream,id=vlan1,server=off,addr.type=unix,addr.path=/state/vlan1',
  ])
  expect(command.join(' ')).toContain('netdev=vlan2,mac=52:54:00:12:02:02')
  const [parameters] = values(command, '-append')
  expect(parameters).toContain('vmproof.address=eth1@192.168.2.2/24 vmproof.address=eth2@192.168.1.2/24')
  expect(parameters).toContain('vmproof.hosts=alpha@192.168.1.1,beta@192.168.2.2,beta@192.168.1.2')
})

test('nothing listens: QEMU only connects, and only to Unix sockets', () => {
  const nodes = [node('a'), node('b')]
  const command = qemuCommand(config(nodes), nodes[0] as NodeConfig, paths).join(' ')
  expect(command).not.toMatch(/tcp|udp|server=on|hostfwd|-netdev user|-vnc|-monitor/)
})

test('a comma in a path does not end an option', () => {
  const one = node('a')
  const command = qemuCommand(config([one]), one, { ...paths, shellSocket: '/state,of/a.shell' })
  expect(command).toContain('socket,id=shell,path=/state,,of/a.shell')
})

test('architecture and accelerator choose program, machine and processor', () => {
  const one = node('a', { qemuOptions: ['-machine', 'none'] })
  const arm = qemuCommand(config([one], { architecture: 'aarch64' }), one, paths)
  expect(arm.slice(0, 7)).toEqual([
    ...['qemu-system-aarch64', '-machine', 'virt'],
    ...['-accel', 'tcg,thread=multi', '-cpu', 'cortex-a57'],
  ])
  expect(values(arm, '-append')[0]).toMatch(/^console=ttyAMA0 /)
  expect(arm.slice(-2)).toEqual(['-machine', 'none'])
  const kvm = qemuCommand(config([one], { accelerator: 'kvm' }), one, paths)
  expect(values(kvm, '-accel')).toEqual(['kvm'])
})
