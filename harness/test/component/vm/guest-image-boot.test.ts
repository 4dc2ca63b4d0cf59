import { describe, expect, test } from 'vitest'
import { cacheFolder } from '../../../host/cache-folder.ts'
import { findOnPath } from '../../../process/find-program.ts'
import { prepareGuest } from '../../../vm/guest/prepare.ts'
import type { Architecture, PackagedGuest } from '../../../vm/suite.ts'
import type { NodeConfig } from '../../../vm/test-config.ts'
import { drive, smallNode } from '../../helpers/drive.ts'
import { skipBecause } from '../../helpers/skip.ts'

/** A node that boots real packages of this host's distribution, fetched when they are not remembered. */
async function packagedNode(guest: PackagedGuest, overrides: Partial<NodeConfig> = {}): Promise<NodeConfig> {
  const architecture: Architecture = overrides.architecture ?? 'x86_64'
  const boot = await prepareGuest(guest, architecture, { cacheFolder: cacheFolder(), note: () => {} })
  return smallNode('', { memoryMiB: 192, boot, ...overrides })
}

describe('a tiny guest', () => {
  test('has programs of packages, modules at hand, and becomes another node by its identity script', async () => {
    const guest: PackagedGuest = {
      packages: ['iproute2', 'netcat-openbsd'],
      modules: ['sch_netem'],
      availableModules: ['vxlan'],
      files: { '/etc/motd': 'hello\n', '/usr/local/bin/greet': '#!/bin/bash\necho $((BASH_VERSINFO > 4))\n' },
    }
    const seen: Record<string, string> = {}
    const { end } = await drive<'machine'>(
      async ({ machine }) => {
        const ask = async (name: string, command: string) => {
          seen[name] = (await machine.succeed(command)).trim()
        }
        await ask('cards', "ip -4 -o address | awk '{ print $2, $4 }'")
        await ask('name', 'hostname; cat /etc/hosts')
        await ask('netem', 'tc qdisc add dev eth1 root netem delay 10ms; tc qdisc show dev eth1')
        await ask('vxlan', 'ip link add v0 type vxlan id 4 dstport 4789; modinfo -n vxlan | sed s,.*/,,')
        await ask('netcat', 'readlink /usr/bin/nc')
        await ask('files', 'cat /etc/motd; greet')
        await ask('user', 'id -un; stat -c %a /tmp; echo $HOME')
        await machine.succeed(
          'vmproof-identity vmproof.node=other vmproof.mac=eth1@52:54:00:12:01:09 vmproof.address=eth1@192.168.1.9/24 vmproof.hosts=other@192.168.1.9 console=x',
        )
        await ask(
          'again',
          "hostname; ip -4 -o address show eth1 | awk '{ print $4 }'; cat /sys/class/net/eth1/address",
        )
        await machine.shutdown()
      },
      { nodes: [await packagedNode(guest, { vlans: [1, 2] })] },
    )
    expect({ end, ...seen }).toEqual({
      end: 'passed',
      cards: 'lo 127.0.0.1/8\neth1 192.168.1.1/24\neth2 192.168.2.1/24',
      name: 'machine\n127.0.0.1 localhost\n192.168.1.1 machine\n192.168.2.1 machine',
      netem: expect.stringMatching(/^qdisc netem .* delay 10ms$/),
      vxlan: 'vxlan.ko',
      netcat: '/bin/nc.openbsd',
      files: 'hello\n1',
      user: 'root\n1777\n/root',
      again: 'other\n192.168.1.9/24\n52:54:00:12:01:09',
    })
  })

  test('can be driven over a console, as other drivers do', async () => {
    const node = await packagedNode({})
    if (node.boot.type !== 'own') throw new Error(node.boot.type)
    const boot = { ...node.boot, type: 'direct' as const, append: '', disk: null }
    const seen: string[] = []
    const { end } = await drive<'machine'>(
      async ({ machine }) => {
        seen.push(await machine.succeed('echo bash $BASH_VERSION'))
        await machine.shutdown()
      },
      { nodes: [{ ...node, boot }] },
    )
    expect({ end, seen }).toEqual({ end: 'passed', seen: [expect.stringMatching(/^bash \d/)] })
  })

  test('of the other architecture boots here, too', async ({ skip }) => {
    if (!findOnPath('qemu-system-aarch64')) skipBecause('no program qemu-system-aarch64', skip)
    const node = await packagedNode(
      { packages: ['iproute2'] },
      { architecture: 'aarch64', memoryMiB: 256, vlans: [1] },
    )
    const seen: string[] = []
    const { end } = await drive<'machine'>(
      async ({ machine }) => {
        seen.push(await machine.succeed("uname -m; /bin/ip -4 -o address show eth1 | awk '{ print $4 }'"))
        await machine.shutdown()
      },
      { nodes: [node], config: { globalTimeoutSeconds: 120 } },
    )
    expect({ end, seen }).toEqual({ end: 'passed', seen: ['aarch64\n192.168.1.1/24\n'] })
  })
})

test('a guest that does not fit into its memory says so', async () => {
  const guest: PackagedGuest = { files: { '/usr/share/large': 'x'.repeat(30 * 2 ** 20) } }
  const { end, console } = await drive<'machine'>(
    async ({ machine }) => void (await machine.succeed('true')),
    {
      nodes: [await packagedNode(guest, { memoryMiB: 128 })],
    },
  )
  expect(end).toBe('failed')
  expect(console).toContain(
    "machine: init: the guest image does not fit into this node's memory: give the node more",
  )
})

describe('a guest with systemd', () => {
  test('reaches its target without a failed unit, and starts the units that it is to start', async () => {
    const guest: PackagedGuest = {
      init: 'systemd',
      files: {
        '/etc/systemd/system/greeter.service':
          '[Service]\nType=oneshot\nRemainAfterExit=yes\nUser=nobody\nExecStart=/bin/sh -c "echo hello from $(id -un)"\n[Install]\nWantedBy=multi-user.target\n',
      },
      enabledUnits: ['greeter.service'],
    }
    const seen: Record<string, string> = {}
    const { end, console } = await drive<'machine'>(
      async ({ machine }) => {
        await machine.waitForUnit('multi-user.target')
        seen.state = await machine.succeed('systemctl is-system-running')
        seen.failed = await machine.succeed('systemctl --failed --no-legend --plain')
        seen.greeter = await machine.succeed(
          'systemctl is-active greeter; journalctl -u greeter -o cat | grep from',
        )
        seen.name = await machine.succeed('hostname; cat /proc/1/comm; wc -c < /etc/machine-id')
        await machine.shutdown()
      },
      {
        nodes: [await packagedNode(guest, { memoryMiB: 256, vlans: [1] })],
        config: { globalTimeoutSeconds: 120 },
      },
    )
    expect({ end, ...seen }).toEqual({
      end: 'passed',
      state: 'running\n',
      failed: '',
      greeter: 'active\nhello from nobody\n',
      name: 'machine\nsystemd\n33\n',
    })
    expect(console.some((line) => line.includes('Reached target'))).toBe(true)
  })
})
