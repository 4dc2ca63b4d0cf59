import { join } from 'node:path'
import type { Fetched } from '../../debian/archive.ts'
import { isKernelPackage } from '../../debian/kernel.ts'
import { nearestName } from '../../debian/nearest-name.ts'
import { type PackageContent, programIn, readPackageFile } from '../../debian/package-file.ts'
import { UserError } from '../../model/user-error.ts'
import type { PackagedGuest } from '../suite.ts'
import type { CpioEntry } from './cpio.ts'
import type { FileTree } from './file-tree.ts'
import { demandModules, driverModules, initramfs } from './initramfs.ts'
import { packageTree } from './package-tree.ts'
import { addSystemd } from './systemd.ts'
import { enableUnit, unitNames } from './unit-files.ts'

/** The one program of every guest. */
export const busyboxPackage = 'busybox-static'

/**
 * Puts a guest's files together from packages and from what its definition says.
 *
 * @param kernel folder of an unpacked kernel
 * @throws UnknownModules, and UserError for a unit that is nowhere
 */
export async function assemble(
  guest: PackagedGuest,
  fetched: Fetched,
  kernel: string,
  signal?: AbortSignal,
): Promise<Iterable<CpioEntry>> {
  const modules = {
    modules: join(kernel, 'modules'),
    wantedModules: [...driverModules, ...(guest.modules ?? [])],
    availableModules: guest.availableModules ?? [],
  }
  demandModules(modules)
  const contents = await packageContents(fetched, signal)
  const busybox = contents.get(busyboxPackage)
  if (!busybox) throw new Error(`no package ${busyboxPackage} was fetched`)
  contents.delete(busyboxPackage)
  const tree = packageTree([...contents.values()])
  linkShell(tree)
  addDefinition(tree, guest)
  return initramfs({ busybox: programIn(busybox, 'busybox'), ...modules, tree })
}

/** How many packages are read at once: each by a program of its own. */
const readers = 3

/** By name, in the order in which they were fetched. */
async function packageContents(
  { packages, files }: Fetched,
  signal?: AbortSignal,
): Promise<Map<string, PackageContent>> {
  const contents = new Map<string, PackageContent>()
  const queue = [...packages.entries()].filter(([, { name }]) => !isKernelPackage(name))
  // A Map keeps the order in which its keys were first set.
  const empty: PackageContent = { files: [], postinst: '' }
  for (const [, { name }] of queue) contents.set(name, empty)
  const read = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, { name }] = next
      contents.set(name, await readPackageFile(files[index] ?? '', signal))
    }
  }
  await Promise.all(Array.from({ length: readers }, read))
  return contents
}

/**
 * A shell without libraries starts within 7 ms under emulation, Debian's usual one within 50. It is `sh`, too: some
 * builds of busybox's shell take a program of their own instead of a package's.
 */
function linkShell(tree: FileTree): void {
  const shell = tree.has('usr/bin/bash-static') ? 'bash-static' : 'bash'
  for (const name of ['bash', 'sh']) if (!tree.has(`usr/bin/${name}`)) tree.link(`usr/bin/${name}`, shell)
}

function addDefinition(tree: FileTree, { files = {}, init, enabledUnits = [] }: PackagedGuest): void {
  for (const [path, content] of Object.entries(files)) {
    tree.file(path, content, content.startsWith('#!') ? 0o755 : 0o644)
  }
  if (init === 'systemd') addSystemd(tree, enabledUnits)
  for (const name of enabledUnits) if (!enableUnit(tree, name)) throw unknownUnit(name, tree)
}

function unknownUnit(name: string, tree: FileTree): UserError {
  const near = nearestName(name, unitNames(tree))
  return new UserError(`no package and no file of the guest brings the unit ${name}`, [
    near === null ? 'name the package that has it in packages' : `did you mean ${near}?`,
  ])
}
