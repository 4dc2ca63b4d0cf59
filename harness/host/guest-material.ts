import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { findOnPath } from '../process/find-program.ts'
import { dependenciesOf, downloadPackages } from './apt.ts'
import type { Command } from './command.ts'
import type { Platform } from './platform.ts'
import { guestFolder } from './prepared-folder.ts'

type Run = (command: Command) => Promise<string>

/** Packages whose newest version depends on a kernel for virtual machines. */
function kernelMetaPackage({ id, architecture }: Platform): string {
  if (id === 'ubuntu') return 'linux-image-virtual'
  return `linux-image-cloud-${architecture === 'aarch64' ? 'arm64' : 'amd64'}`
}

/** Packages of programs that its kernel modules are compressed with and that are not here yet. */
export function unpackersOf({ id }: Platform): string[] {
  const [program, name] = id === 'ubuntu' ? ['zstd', 'zstd'] : ['xz', 'xz-utils']
  return findOnPath(program) === null ? [name] : []
}

/** Whether guests can be made. @param architecture as `uname -m` has it */
export function hasGuest(architecture: string): boolean {
  return ['vmlinuz', 'busybox', 'modules'].every((name) => existsSync(join(guestFolder(architecture), name)))
}

/**
 * Fetches a kernel and a static busybox as packages and unpacks them. Nothing is installed: a kernel would change
 * how the host boots, and busybox-static would replace busybox.
 *
 * @param folder gets `vmlinuz`, `busybox` and `modules/`, all at once
 */
export async function prepareGuest(platform: Platform, folder: string, run: Run): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'vmproof-guest-'))
  try {
    const kernels = await kernelPackages(kernelMetaPackage(platform), run)
    await run(downloadPackages([...kernels, 'busybox-static'], scratch))
    const packages = readdirSync(scratch).filter((name) => name.endsWith('.deb'))
    const root = join(scratch, 'root')
    for (const name of packages) await run({ program: 'dpkg-deb', args: ['-x', join(scratch, name), root] })
    await uncompressModules(root, run)
    install(root, folder, packages)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** From `linux-image-cloud-amd64` to `linux-image-6.1.0-56-cloud-amd64`; Ubuntu has modules in packages of their own. */
async function kernelPackages(meta: string, run: Run): Promise<string[]> {
  const found = new Set<string>()
  const queue = [meta]
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    //   Depends: linux-image-6.1.0-56-cloud-amd64
    for (const [, needed = ''] of (await run(dependenciesOf(name))).matchAll(/Depends: (\S+)/g)) {
      if (!/^linux-(image|modules)-\d/.test(needed) || found.has(needed)) continue
      found.add(needed)
      queue.push(needed)
    }
  }
  if (found.size > 0) return [...found]
  throw new UserError(
    `setup failed: ${meta} names no kernel`,
    ['check the sources of apt and run apt-get update'],
    exitCodes.infrastructure,
  )
}

/** Debian 13 compresses modules with xz, Ubuntu with zstd; busybox loads them only uncompressed. */
async function uncompressModules(root: string, run: Run): Promise<void> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  const uncompress = { '*.ko.xz': ['xz', '-d'], '*.ko.zst': ['zstd', '-d', '--rm', '-q'] }
  for (const [pattern, command] of Object.entries(uncompress)) {
    if (!files.some((path) => path.endsWith(pattern.slice(1)))) continue
    await run({ program: 'find', args: [root, '-name', pattern, '-exec', ...command, '{}', '+'] })
  }
}

/** The folder appears complete or not at all. */
function install(root: string, folder: string, packages: string[]): void {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  const kernel = files.find((path) => /^boot\/vmlinuz-/.test(path))
  const busybox = files.find((path) => basename(path) === 'busybox' && /^(usr\/)?bin\//.test(path))
  const modules = files.find((path) => /^(usr\/)?lib\/modules\/[^/]+\/kernel$/.test(path))
  if (!kernel || !busybox || !modules) {
    throw new UserError(
      `setup failed: ${packages.join(', ')} hold no kernel, no modules or no busybox`,
      ['this distribution packs them in another way than vmproof knows: please report it'],
      exitCodes.infrastructure,
    )
  }
  const scratch = `${folder}.tmp-${process.pid}`
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch, { recursive: true })
  cpSync(join(root, kernel), join(scratch, 'vmlinuz'))
  cpSync(join(root, busybox), join(scratch, 'busybox'))
  cpSync(dirname(join(root, modules)), join(scratch, 'modules'), { recursive: true })
  writeFileSync(join(scratch, 'packages.txt'), packages.map((name) => `${name}\n`).join(''))
  rmSync(folder, { recursive: true, force: true })
  renameSync(scratch, folder)
}
