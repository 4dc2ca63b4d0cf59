import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DebianArchitecture } from '../../debian/apt-home.ts'
import { type Archive, type Fetched, fetchChoice, openArchive } from '../../debian/archive.ts'
import { closure } from '../../debian/closure.ts'
import { kernelPackages, unpackKernel } from '../../debian/kernel.ts'
import { nearestName } from '../../debian/nearest-name.ts'
import { type PackageContent, readPackageFile } from '../../debian/package-file.ts'
import type { DebianPackage, PackageIndex } from '../../debian/package-index.ts'
import { formatMemory, formatSeconds } from '../../model/units.ts'
import { UserError } from '../../model/user-error.ts'
import type { Architecture, PackagedGuest } from '../suite.ts'
import type { BootConfig } from '../test-config.ts'
import { cpioRecords } from './cpio.ts'
import type { FileTree } from './file-tree.ts'
import { type ImageFiles, ImageStore } from './image-store.ts'
import { driverModules, initramfs } from './initramfs.ts'
import { leftOutPackages } from './left-out.ts'
import { packageTree } from './package-tree.ts'
import type { PrepareOptions } from './prepare.ts'
import { hashOf, RequestMemory } from './request-memory.ts'
import { addSystemd, systemdPackages } from './systemd.ts'
import { enableUnit, unitNames } from './unit-files.ts'

const debianArchitectures: Record<Architecture, DebianArchitecture> = { x86_64: 'amd64', aarch64: 'arm64' }

/** The one program of every guest. */
const busyboxPackage = 'busybox-static'

interface Preparation {
  guest: PackagedGuest
  architecture: Architecture
  options: PrepareOptions
  store: ImageStore
  memory: RequestMemory
}

/** A guest put together from packages, or as it was put together before. */
export async function packagedGuest(
  guest: PackagedGuest,
  architecture: Architecture,
  options: PrepareOptions,
): Promise<BootConfig> {
  const store = new ImageStore(join(options.cacheFolder, 'images'))
  const memory = new RequestMemory(join(options.cacheFolder, 'requests'), { guest, architecture })
  const preparation = { guest, architecture, options, store, memory }
  const files = (await rememberedImage(preparation)) ?? (await currentImage(preparation))
  return { type: 'own', ...files }
}

/** The image that was made for the same definition within the last day. */
async function rememberedImage(preparation: Preparation): Promise<ImageFiles | null> {
  const key = preparation.memory.recall()
  return key === null ? null : intactImage(key, preparation)
}

async function intactImage(key: string, { store, options }: Preparation): Promise<ImageFiles | null> {
  const found = await store.find(key)
  if (found !== 'damaged') return found
  options.note('the remembered guest image is damaged: making it again')
  return null
}

/** The image of what the package lists say now. */
async function currentImage(preparation: Preparation): Promise<ImageFiles> {
  const { architecture, options, memory, store } = preparation
  const archive = await openArchive(options.cacheFolder, debianArchitectures[architecture], options)
  const choose = (index: PackageIndex) => chosenPackages(preparation, index)
  const known = await intactImage(imageKey(memory.key, choose(archive.index)), preparation)
  if (known) {
    memory.remember(imageKey(memory.key, choose(archive.index)))
    return known
  }
  const fetched = await fetchChoice(archive, choose, options)
  const started = Date.now()
  const key = imageKey(memory.key, fetched.packages)
  const kernel = await kernelFolder(archive, fetched, options)
  const image = await store.add(
    key,
    join(kernel, 'vmlinuz'),
    cpioRecords(await members(preparation, fetched, kernel)),
  )
  memory.remember(key)
  const mebibytes = statSync(image.initrd).size / 2 ** 20
  const took = formatSeconds((Date.now() - started) / 1000)
  options.note(
    `guest image made of ${fetched.packages.length} packages (${formatMemory(mebibytes)}, ${took})`,
  )
  return image
}

function wantedPackages({ packages = [], init }: PackagedGuest): string[] {
  return [busyboxPackage, ...(init === 'systemd' ? systemdPackages : []), ...packages]
}

/** The kernel, busybox, and all that the definition asks for. */
function chosenPackages({ guest, architecture }: Preparation, index: PackageIndex): DebianPackage[] {
  const kernel = kernelPackages(index, debianArchitectures[architecture])
  const leftOut = new Set(Object.keys(leftOutPackages))
  return [...kernel, ...closure(wantedPackages(guest), leftOut, index)]
}

function imageKey(request: string, packages: DebianPackage[]): string {
  return hashOf([request, packages.map(({ name, version, sha256 }) => [name, version, sha256])])
}

function isKernel({ name }: DebianPackage): boolean {
  return /^linux-(image|modules)-/.test(name)
}

/** Kernels stay unpacked: reading their packages takes seconds, and all guests share them. */
async function kernelFolder(archive: Archive, fetched: Fetched, options: PrepareOptions): Promise<string> {
  const chosen = fetched.packages.filter(isKernel)
  const name = `${chosen[0]?.name}_${hashOf(chosen.map((one) => one.sha256)).slice(0, 16)}`
  const folder = join(options.cacheFolder, 'kernels', archive.architecture, name)
  if (!existsSync(folder)) {
    const files = fetched.files.filter(
      (_, index) => fetched.packages[index] && isKernel(fetched.packages[index]),
    )
    options.note(`unpacking ${chosen[0]?.name}`)
    await unpackKernel(files, folder, options)
  }
  return folder
}

async function members({ guest, options }: Preparation, fetched: Fetched, kernel: string) {
  const contents: PackageContent[] = []
  let busybox: Buffer = Buffer.alloc(0)
  for (const [index, one] of fetched.packages.entries()) {
    if (isKernel(one)) continue
    const content = await readPackageFile(fetched.files[index] ?? '', options.signal)
    if (one.name !== busyboxPackage) contents.push(content)
    else busybox = programIn(content, 'busybox')
  }
  const tree = packageTree(contents)
  addFiles(tree, guest.files ?? {})
  if (guest.init === 'systemd') addSystemd(tree, guest.enabledUnits ?? [])
  for (const name of guest.enabledUnits ?? []) if (!enableUnit(tree, name)) throw unknownUnit(name, tree)
  return initramfs({
    busybox,
    modules: join(kernel, 'modules'),
    wantedModules: [...driverModules, ...(guest.modules ?? [])],
    availableModules: guest.availableModules ?? [],
    tree,
  })
}

/** Debian 12 has it in /bin, newer distributions in /usr/bin. */
function programIn({ files }: PackageContent, name: string): Buffer {
  const found = files.find((entry) => entry.type === 'file' && entry.path.endsWith(`bin/${name}`))
  if (found?.type === 'file') return found.content
  throw new Error(`the package ${name} has no program of that name`)
}

/** What the definition itself writes. */
function addFiles(tree: FileTree, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    tree.file(path, content, content.startsWith('#!') ? 0o755 : 0o644)
  }
}

function unknownUnit(name: string, tree: FileTree): UserError {
  const near = nearestName(name, unitNames(tree))
  return new UserError(`no package and no file of the guest brings the unit ${name}`, [
    near === null ? 'name the package that has it in packages' : `did you mean ${near}?`,
  ])
}
