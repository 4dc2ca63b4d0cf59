import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { makeFolders } from '../process/make-folders.ts'
import type { DebianArchitecture, Progress } from './apt-home.ts'
import type { DebianPackage, PackageIndex } from './package-index.ts'
import { demandPrograms, runProgram } from './programs.ts'

/** Packages whose newest version depends on a kernel for virtual machines: Debian's, then Ubuntu's. */
function metaPackages(architecture: DebianArchitecture): string[] {
  return [`linux-image-cloud-${architecture}`, 'linux-image-virtual']
}

/** Whether a package holds a part of a kernel: `linux-image-6.1.0-56-cloud-amd64`. */
export function isKernelPackage(name: string): boolean {
  return /^linux-(image|modules|modules-extra)-\d/.test(name)
}

/**
 * The packages of the newest kernel for virtual machines, the one with the image first: from
 * linux-image-cloud-amd64 to linux-image-6.1.0-56-cloud-amd64; Ubuntu has modules in packages of their own.
 */
export function kernelPackages(index: PackageIndex, architecture: DebianArchitecture): DebianPackage[] {
  const metas = metaPackages(architecture)
  const meta = metas.find((name) => index.find(name) !== null)
  const queue = meta === undefined ? [] : [meta]
  const found = new Map<string, DebianPackage>()
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    for (const needed of index.find(name)?.needs.flat() ?? []) {
      const one = isKernelPackage(needed) ? index.find(needed) : null
      if (!one || found.has(needed)) continue
      found.set(needed, one)
      queue.push(needed)
    }
  }
  if (found.size > 0) return [...found.values()]
  throw new UserError(
    `the package lists have no kernel for virtual machines (${metas.join(', ')})`,
    ['guests can be made from the packages of Debian and Ubuntu: check the sources of apt'],
    exitCodes.infrastructure,
  )
}

/** Packages with the modules that hardly anybody needs: Ubuntu has them apart from the others. */
export function extraModulePackages(kernel: DebianPackage[], index: PackageIndex): DebianPackage[] {
  return kernel.flatMap(({ name }) => {
    const extra = index.find(name.replace(/^linux-modules-(?=\d)/, 'linux-modules-extra-'))
    return extra && extra.name !== name ? [extra] : []
  })
}

/**
 * Unpacks a kernel's packages.
 *
 * @param folder gets `vmlinuz` and `modules/`, all at once
 * @param files the .deb files
 */
export async function unpackKernel(files: string[], folder: string, { signal }: Progress): Promise<void> {
  makeFolders(dirname(folder))
  const scratch = mkdtempSync(`${folder}.tmp-`)
  const options = signal ? { signal } : {}
  try {
    const root = join(scratch, 'root')
    for (const file of files) await demand('dpkg-deb', ['-x', file, root], options)
    await uncompressModules(root, options)
    const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
    const kernel = paths.find((path) => /^boot\/vmlinuz-/.test(path))
    const modules = paths.find((path) => /^(usr\/)?lib\/modules\/[^/]+\/kernel$/.test(path))
    if (!kernel || !modules) throw strangePackages(files)
    const ready = join(scratch, 'ready')
    mkdirSync(ready)
    renameSync(join(root, kernel), join(ready, 'vmlinuz'))
    renameSync(dirname(join(root, modules)), join(ready, 'modules'))
    if (!existsSync(folder)) renameSync(ready, folder)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Debian 13 compresses modules with xz, Ubuntu with zstd; busybox loads them only uncompressed. */
async function uncompressModules(root: string, options: { signal?: AbortSignal }): Promise<void> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  const unpackers = [
    { ending: '.ko.xz', command: ['xz', '-d'], package: 'xz-utils' },
    { ending: '.ko.zst', command: ['zstd', '-d', '--rm', '-q'], package: 'zstd' },
  ]
  for (const { ending, command, package: name } of unpackers) {
    if (!files.some((path) => path.endsWith(ending))) continue
    demandPrograms({ [command[0] ?? '']: name })
    await demand('find', [root, '-name', `*${ending}`, '-exec', ...command, '{}', '+'], options)
  }
}

async function demand(program: string, args: string[], options: { signal?: AbortSignal }): Promise<void> {
  const { code, stderr } = await runProgram(program, args, options)
  if (code === 0) return
  throw new UserError(
    `a kernel could not be unpacked: ${program} ended with ${code}`,
    stderr.split('\n').filter(Boolean).slice(-5),
    exitCodes.infrastructure,
  )
}

function strangePackages(files: string[]): UserError {
  return new UserError(
    `${files.join(', ')} hold no kernel or no modules`,
    ['this distribution packs them in another way than vmproof knows: please report it'],
    exitCodes.infrastructure,
  )
}
