import { join } from 'node:path'
import type { Fetched } from '../../debian/archive.ts'
import { isKernelPackage } from '../../debian/kernel.ts'
import { nearestName } from '../../debian/nearest-name.ts'
import { type PackageContent, programIn, readPackageFile } from '../../debian/package-file.ts'
import { UserError } from '../../model/user-error.ts'
import type { PackagedGuest } from '../suite.ts'
import type { CpioEntry } from './cpio.ts'
import type { FileTree } from './file-tree.ts'
import { driverModules, initramfs, UnknownModules } from './initramfs.ts'
import { packageTree } from './package-tree.ts'
import { addSystemd } from './systemd.ts'
import { enableUnit, unitNames } from './unit-files.ts'

/** The one program of every guest. */
export const busyboxPackage = 'busybox-static'

/**
 * Puts a guest's files together from packages and from what its definition says.
 *
 * @param kernel folder of an unpacked kernel
 * @throws UserError for a module or a unit that is nowhere
 */
export async function assemble(
  guest: PackagedGuest,
  fetched: Fetched,
  kernel: string,
  signal?: AbortSignal,
): Promise<Iterable<CpioEntry>> {
  const contents: PackageContent[] = []
  let busybox: Buffer = Buffer.alloc(0)
  for (const [index, one] of fetched.packages.entries()) {
    if (isKernelPackage(one.name)) continue
    const content = await readPackageFile(fetched.files[index] ?? '', signal)
    if (one.name !== busyboxPackage) contents.push(content)
    else busybox = programIn(content, 'busybox')
  }
  const tree = packageTree(contents)
  linkShell(tree)
  addDefinition(tree, guest)
  const wantedModules = [...driverModules, ...(guest.modules ?? [])]
  const modules = { wantedModules, availableModules: guest.availableModules ?? [] }
  return known(() => initramfs({ busybox, modules: join(kernel, 'modules'), ...modules, tree }))
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

function known<Result>(make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof UnknownModules)) throw error
    const near = nearestName(error.names[0] ?? '', error.known)
    throw new UserError(error.message, [
      near === null ? 'modules of other kernels cannot be had' : `did you mean ${near}?`,
    ])
  }
}
