import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type CpioEntry, cpioArchive } from './cpio.ts'
import { initScript, ncScript } from './init-script.ts'
import { inLoadingOrder, type ModuleFiles, moduleName } from './kernel-modules.ts'

/** What a guest is made of. */
export interface InitramfsSource {
  /** A static busybox. */
  busybox: string
  /** The programs that it stands for, as `busybox --list` names them. */
  applets: string[]
  /** Folder searched for `*.ko`, uncompressed. */
  modules: string
  /** Loaded at boot, with all that they need. */
  wantedModules: string[]
}

/** What a guest of the driver needs: its console and shell, its networks, randomness. */
export const driverModules = ['virtio_pci', 'virtio_console', 'virtio_net', 'virtio_rng']

/** @returns an initramfs that boots into the backdoor shell, as an uncompressed cpio archive */
export function initramfs(source: InitramfsSource): Buffer {
  const files = moduleFiles(source.modules)
  const modules = inLoadingOrder(source.wantedModules, files)
  return cpioArchive([
    ...['bin', 'dev', 'etc', 'lib', 'lib/modules', 'proc', 'root', 'run', 'sys', 'tmp', 'var'].map(folder),
    // The kernel opens the console before init can mount /dev.
    { type: 'device', path: 'dev/console', major: 5, minor: 1 },
    file('init', Buffer.from(initScript), true),
    file('bin/busybox', readFileSync(source.busybox), true),
    ...source.applets
      .filter((applet) => applet !== 'busybox' && applet !== 'nc')
      .map((applet): CpioEntry => ({ type: 'link', path: `bin/${applet}`, target: 'busybox' })),
    file('bin/nc', Buffer.from(ncScript), true),
    file('etc/modules', Buffer.from(modules.map((name) => `${name}.ko\n`).join('')), false),
    file('etc/passwd', Buffer.from('root:x:0:0:root:/root:/bin/sh\n'), false),
    ...modules.map((name) => file(`lib/modules/${name}.ko`, contentOf(files, name), false)),
  ])
}

function folder(path: string): CpioEntry {
  return { type: 'folder', path }
}

function file(path: string, content: Buffer, executable: boolean): CpioEntry {
  return { type: 'file', path, content, executable }
}

function contentOf(files: ModuleFiles, name: string): Buffer {
  return files.get(name)?.content() ?? Buffer.alloc(0)
}

function moduleFiles(modules: string): ModuleFiles {
  const paths = readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ko'),
  )
  return new Map(
    paths.map((path) => [
      moduleName(basename(path)),
      { path, content: () => readFileSync(join(modules, path)) },
    ]),
  )
}
