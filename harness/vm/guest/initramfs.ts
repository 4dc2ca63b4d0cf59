import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Accounts } from './accounts.ts'
import { busyboxApplets } from './busybox-applets.ts'
import type { CpioEntry } from './cpio.ts'
import { FileTree } from './file-tree.ts'
import { identityPath, identityScript } from './identity-script.ts'
import {
  afterInitPath,
  backdoorPath,
  backdoorScript,
  completePath,
  initScript,
  ncScript,
  tinyScript,
} from './init-script.ts'
import {
  builtinModules,
  inLoadingOrder,
  kernelRelease,
  moduleFiles,
  moduleName,
  modulesAlias,
  modulesDep,
} from './kernel-modules.ts'

/** What a guest is made of. */
export interface InitramfsSource {
  /** A static busybox. */
  busybox: Buffer
  /** Folder of a kernel's modules: `*.ko`, uncompressed, and modules.builtin. */
  modules: string
  /** Loaded at boot, with all that they need. */
  wantedModules: string[]
  /** Merely there, for modprobe, with all that they need. */
  availableModules?: string[]
  /** What packages bring; the tree gets the rest. */
  tree?: FileTree
}

/** What a guest of the driver needs: its console and shell, its networks, its disks, randomness. */
export const driverModules = ['virtio_pci', 'virtio_console', 'virtio_net', 'virtio_blk', 'virtio_rng']

const emptyFolders = [
  'dev',
  'etc',
  'proc',
  'root',
  'run',
  'sys',
  'tmp',
  'var/lib',
  'var/log',
  'var/tmp',
  'mnt',
  'opt',
]

/** @returns the members of an initramfs that boots into the backdoor shell */
export function initramfs(source: InitramfsSource): Iterable<CpioEntry> {
  const tree = source.tree ?? new FileTree()
  for (const path of emptyFolders) tree.folder(path)
  addBusybox(tree, source.busybox)
  addModules(tree, source)
  addSystemFiles(tree)
  return inArchiveOrder(tree)
}

/** What init needs to say that the rest did not fit into the node's memory; the kernel wants the console, too. */
const firstPaths = ['usr', 'usr/bin', 'usr/bin/busybox', 'bin', 'init', 'dev']

function* inArchiveOrder(tree: FileTree): Iterable<CpioEntry> {
  const entries = [...tree.entries()]
  const isFirst = ({ path }: CpioEntry) => firstPaths.includes(path)
  yield* entries.filter(isFirst)
  yield { type: 'device', path: 'dev/console', major: 5, minor: 1 }
  yield* entries.filter((entry) => !isFirst(entry))
  yield { type: 'file', path: completePath.slice(1), mode: 0o644, content: Buffer.alloc(0) }
}

/** Busybox stands in for the programs that no package has brought. */
function addBusybox(tree: FileTree, busybox: Buffer): void {
  tree.file('usr/bin/busybox', busybox, 0o755)
  if (!tree.has('usr/bin/nc')) tree.file('usr/bin/nc', ncScript, 0o755)
  for (const path of busyboxApplets(busybox).map((name) => `usr/bin/${name}`)) {
    if (!tree.has(path)) tree.link(path, 'busybox')
  }
}

function addSystemFiles(tree: FileTree): void {
  const missing = (path: string, content: string) => tree.has(path) || tree.file(path, content)
  tree.file('init', initScript, 0o755)
  tree.file(identityPath, identityScript, 0o755)
  tree.file(backdoorPath, backdoorScript, 0o755)
  missing(afterInitPath, tinyScript)
  const accounts = new Accounts()
  missing('etc/passwd', accounts.passwd())
  missing('etc/group', accounts.group())
  missing('etc/hosts', '127.0.0.1 localhost\n')
  missing(
    'etc/nsswitch.conf',
    'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n',
  )
  missing('etc/resolv.conf', '')
}

function addModules(
  tree: FileTree,
  { modules, wantedModules, availableModules = [] }: InitramfsSource,
): void {
  const files = moduleFiles(modules)
  const builtin = builtinList(modules)
  const loaded = inLoadingOrder(wantedModules, files)
  const present = inLoadingOrder([...wantedModules, ...availableModules], files)
  const contents = present.map((name) => files.get(name)?.content() ?? Buffer.alloc(0))
  const folder = `lib/modules/${kernelRelease(contents[0] ?? Buffer.alloc(0)) ?? 'unknown'}`
  present.forEach((name, index) => {
    tree.file(`${folder}/${files.get(name)?.path}`, contents[index] ?? '')
  })
  tree.file(`${folder}/modules.dep`, modulesDep(present, files))
  tree.file(`${folder}/modules.alias`, modulesAlias(present, files))
  tree.file(`${folder}/modules.builtin`, builtin)
  tree.file('etc/modules', loaded.map((name) => `${name}\n`).join(''))
}

function builtinList(modules: string): string {
  const path = join(modules, 'modules.builtin')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** @throws UnknownModules when the kernel has a wanted module neither as a file nor in itself */
export function demandModules({
  modules,
  wantedModules,
  availableModules = [],
}: Pick<InitramfsSource, 'modules' | 'wantedModules' | 'availableModules'>): void {
  const known = [...moduleFiles(modules).keys(), ...builtinModules(builtinList(modules))]
  const names = new Set(known)
  const unknown = [...wantedModules, ...availableModules].filter((name) => !names.has(moduleName(name)))
  if (unknown.length > 0) throw new UnknownModules(unknown, known)
}

/** A kernel without modules of these names. */
export class UnknownModules extends Error {
  readonly names: string[]
  readonly known: string[]

  constructor(names: string[], known: string[]) {
    super(`the guest's kernel has no module ${names.join(', ')}`)
    this.names = names
    this.known = known
  }
}
