import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { guestFolder } from '../../../host/prepared-folder.ts'
import { cpioArchive } from '../../../vm/guest/cpio.ts'
import { FileTree } from '../../../vm/guest/file-tree.ts'
import { driverModules, initramfs } from '../../../vm/guest/initramfs.ts'
import { Machine } from '../../../vm/machine/machine.ts'
import { Network } from '../../../vm/machine/network.ts'
import type { BootConfig, NodeConfig, TestConfig } from '../../../vm/test-config.ts'
import { smallNode } from '../../helpers/drive.ts'

/** What `vmproof setup` unpacked on this host. */
const material = guestFolder('x86_64')

/** Which guest: the driver's own with busybox only, with bash as well, or somebody else's on a console. */
export type GuestKind = 'tiny' | 'bash' | 'foreign' | 'foreign-without-ports'

/** What somebody else's guest does at boot: the backdoor service of NixOS tests, on the first virtio console. */
const foreignInit = (mounts: string) => `#!/bin/busybox sh
export PATH=/usr/bin HOME=/root
mount -t proc proc /proc
${mounts}
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
for module in $(cat /etc/modules); do modprobe $module; done
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/1 /dev/stdout
trap 'poweroff -f' USR2
trap 'reboot -f' TERM
setsid setsid bash --norc -c '
  cd /tmp
  while [ ! -c /dev/hvc0 ]; do sleep 0.1; done
  exec < /dev/hvc0 > /dev/hvc0 2> /dev/console
  echo "connecting to host..." >&2
  stty -F /dev/hvc0 raw -echo
  echo "Spawning backdoor root shell..."
  PS1= exec /usr/bin/env bash --norc /dev/hvc0
'
while :; do
  sleep 86400 &
  wait $!
done
`

const inits: Partial<Record<GuestKind, string>> = {
  foreign: foreignInit('mount -t sysfs sys /sys'),
  'foreign-without-ports': foreignInit(':'),
}

/** A folder for guests, sockets and state of one test file, with a path short enough for sockets. */
export class MachineLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'vmproof-lab-'))
  readonly #guests = new Map<GuestKind, BootConfig>()
  readonly #benches: Bench[] = []

  /** A node that has not been started. */
  async bench(kind: GuestKind | BootConfig, more: Partial<NodeConfig> = {}): Promise<Bench> {
    const boot = typeof kind === 'string' ? this.boot(kind) : kind
    const [bench] = await this.benches([{ name: 'machine', boot, ...more }])
    return bench as Bench
  }

  /** Nodes of one test. */
  async benches(
    wanted: (Partial<NodeConfig> & { name: string })[],
    more: Partial<TestConfig> = {},
  ): Promise<Bench[]> {
    const nodes = wanted.map((one) => smallNode('', { boot: this.boot('tiny'), ...one }))
    const test: TestConfig = {
      name: 'lab',
      topology: 'simple',
      globalTimeoutSeconds: 60,
      timeoutFactor: 1,
      snapshots: null,
      nodes,
      ...more,
    }
    const stateFolder = mkdtempSync(join(this.folder, 's-'))
    const network = await Network.start(nodes, stateFolder)
    const benches = nodes.map((node) => new Bench({ test, node, stateFolder, network }))
    this.#benches.push(...benches)
    return benches
  }

  /** What a kind of guest boots; made once. */
  boot(kind: GuestKind): BootConfig {
    const known = this.#guests.get(kind)
    if (known) return known
    const made = makeGuest(kind, join(this.folder, kind))
    this.#guests.set(kind, made)
    return made
  }

  async close(): Promise<void> {
    await Promise.all(this.#benches.map((bench) => bench.machine.stop()))
    await Promise.all(this.#benches.map((bench) => bench.network.stop()))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A machine and what it has said. */
export class Bench {
  readonly machine: Machine
  readonly network: Network
  readonly console: string[] = []
  readonly remarks: string[] = []

  constructor(setup: { test: TestConfig; node: NodeConfig; stateFolder: string; network: Network }) {
    this.network = setup.network
    const log = {
      step: <T>(_step: unknown, body: () => Promise<T>) => body(),
      remark: (_node: string | null, text: string) => void this.remarks.push(text),
      console: (_node: string, line: string) => void this.console.push(line),
      qemuStarting: () => undefined,
      qemuStarted: () => undefined,
      guestBooted: () => undefined,
      linkConstrained: () => undefined,
    }
    this.machine = new Machine({ ...setup, log })
  }

  /** Status and output as text of a command without a limit. */
  async run(
    command: string,
    timeoutSeconds: number | null = null,
  ): Promise<[status: number, output: string]> {
    const { status, output } = await this.machine.execute(command, timeoutSeconds)
    return [status, output.toString('latin1')]
  }
}

function makeGuest(kind: GuestKind, folder: string): BootConfig {
  mkdirSync(folder)
  const tree = new FileTree()
  if (kind !== 'tiny') addBash(tree)
  const init = inits[kind]
  const members = initramfs({
    busybox: readFileSync(join(material, 'busybox')),
    modules: join(material, 'modules'),
    wantedModules: driverModules,
    tree,
  })
  // Of two members with one name the kernel keeps the later.
  const own = init ? [{ type: 'file' as const, path: 'init', content: Buffer.from(init), mode: 0o755 }] : []
  const archive = cpioArchive([...members, ...own])
  const files = { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') }
  copyFileSync(join(material, 'vmlinuz'), files.kernel)
  writeFileSync(files.initrd, archive)
  return init ? { type: 'direct', ...files, append: '', disk: null } : { type: 'own', ...files }
}

/** This host's bash, dynamically linked as everybody's. */
function addBash(tree: FileTree): void {
  tree.file('/usr/bin/bash', readFileSync('/bin/bash'), 0o755)
  //   libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f…)
  const libraries = execFileSync('ldd', ['/bin/bash'], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)
  for (const [, path = ''] of libraries) tree.file(path, readFileSync(path), 0o755)
}
