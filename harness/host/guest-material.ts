import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { debianArchitectures } from '../debian/apt-home.ts'
import { fetchChoice, openArchive } from '../debian/archive.ts'
import { isKernelPackage, kernelPackages, unpackKernel } from '../debian/kernel.ts'
import { programIn, readPackageFile } from '../debian/package-file.ts'
import type { PackageIndex } from '../debian/package-index.ts'
import { findOnPath } from '../process/find-program.ts'
import { makeFolders } from '../process/make-folders.ts'
import { cacheFolder } from './cache-folder.ts'
import type { Platform } from './platform.ts'
import { guestFolder } from './prepared-folder.ts'

const busyboxPackage = 'busybox-static'

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
 * how the host boots, and busybox-static would replace busybox. Needs no root.
 *
 * @param folder gets `vmlinuz`, `busybox`, `modules/` and `packages.txt`, all at once
 * @param cache keeps package lists and packages
 */
export async function prepareGuestMaterial(
  { architecture }: Pick<Platform, 'architecture'>,
  folder: string,
  cache = cacheFolder(),
): Promise<void> {
  const debianArchitecture = debianArchitectures[architecture ?? 'x86_64']
  const progress = { note: () => {} }
  const choose = (index: PackageIndex) => {
    const busybox = index.find(busyboxPackage)
    return [...kernelPackages(index, debianArchitecture), ...(busybox ? [busybox] : [])]
  }
  const archive = await openArchive(cache, debianArchitecture, progress)
  const { packages, files } = await fetchChoice(archive, choose, progress)
  const filesOf = (isWanted: (name: string) => boolean) =>
    files.filter((_, index) => isWanted(packages[index]?.name ?? ''))
  makeFolders(dirname(folder))
  const scratch = mkdtempSync(`${folder}.tmp-`)
  try {
    const ready = join(scratch, 'guest')
    await unpackKernel(filesOf(isKernelPackage), ready, progress)
    const [busyboxFile = ''] = filesOf((name) => name === busyboxPackage)
    writeFileSync(join(ready, 'busybox'), programIn(await readPackageFile(busyboxFile), 'busybox'), {
      mode: 0o755,
    })
    writeFileSync(join(ready, 'packages.txt'), files.map((file) => `${basename(file)}\n`).join(''))
    rmSync(folder, { recursive: true, force: true })
    renameSync(ready, folder)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
