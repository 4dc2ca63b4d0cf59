import { existsSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { debianArchitectures } from '../../debian/apt-home.ts'
import { type Archive, type Fetched, fetchChoice, openArchive } from '../../debian/archive.ts'
import { withFolderLock } from '../../debian/folder-lock.ts'
import { isKernelPackage, unpackKernel } from '../../debian/kernel.ts'
import { nearestName } from '../../debian/nearest-name.ts'
import type { DebianPackage } from '../../debian/package-index.ts'
import { type Bound, prune } from '../../debian/prune.ts'
import { formatMemory, formatSeconds } from '../../model/units.ts'
import { UserError } from '../../model/user-error.ts'
import type { Architecture, PackagedGuest } from '../suite.ts'
import type { BootConfig } from '../test-config.ts'
import { assemble } from './assemble.ts'
import { cpioRecords } from './cpio.ts'
import { type ImageFiles, ImageStore } from './image-store.ts'
import { UnknownModules } from './initramfs.ts'
import { type PackageChoice, packageChoice } from './package-choice.ts'
import type { PrepareOptions } from './prepare.ts'
import { RequestMemory, valueHash } from './request-memory.ts'

const gibibyte = 2 ** 30
/** What stays in the cache folder, each in its own folder. */
const bounds: Record<string, Bound> = {
  images: { bytes: 4 * gibibyte, days: 30 },
  packages: { bytes: 2 * gibibyte, days: 60 },
  requests: { bytes: gibibyte, days: 30 },
  'kernels/amd64': { bytes: gibibyte, days: 60 },
  'kernels/arm64': { bytes: gibibyte, days: 60 },
}

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
  const image =
    (await remembered(preparation)) ??
    (await withFolderLock(options.cacheFolder, options, async () => {
      // Who held the lock before may have made it.
      return (await remembered(preparation)) ?? (await currentOrLast(preparation))
    }))
  // Units that a check enables may have talked to other nodes before the shell greets.
  const isIdleAfterBoot = (guest.enabledUnits ?? []).length === 0
  return { type: 'own', kernel: image.kernel, initrd: image.initrd, isIdleAfterBoot }
}

/** The image that was made for the same definition within the last day. */
async function remembered(preparation: Preparation): Promise<ImageFiles | null> {
  const key = preparation.memory.recall()
  return key === null ? null : intact(key, preparation)
}

async function intact(key: string, { store, options }: Preparation): Promise<ImageFiles | null> {
  const found = await store.find(key)
  if (found !== 'damaged') return found
  options.note('the remembered guest image is damaged: making it again')
  return null
}

/** Where packages cannot be had just now, an older image serves. */
async function currentOrLast(preparation: Preparation): Promise<ImageFiles> {
  try {
    return await current(preparation)
  } catch (error) {
    const key = error instanceof UserError ? preparation.memory.recallAny() : null
    const image = key === null ? null : await intact(key, preparation)
    if (image === null || !(error instanceof UserError)) throw error
    preparation.options.note(`an older guest image is used: ${error.message}`)
    return image
  }
}

/** The image of what the package lists say now. */
async function current(preparation: Preparation): Promise<ImageFiles> {
  const { architecture, options, memory } = preparation
  const archive = await openArchive(options.cacheFolder, debianArchitectures[architecture], options)
  const image = await withModules(preparation, archive)
  memory.remember(image.key)
  return image
}

/** Modules that hardly anybody needs are fetched only when one is named that is not among the others. */
async function withModules(preparation: Preparation, archive: Archive): Promise<ImageFiles> {
  const { guest } = preparation
  const choice = (extraModules: boolean) => packageChoice(guest, archive.architecture, extraModules)
  try {
    return await knownOrMade(preparation, archive, choice(false))
  } catch (error) {
    if (!(error instanceof UnknownModules)) throw error
    return await knownOrMade(preparation, archive, choice(true)).catch((second: unknown) => {
      throw second instanceof UnknownModules ? unknownModule(second) : second
    })
  }
}

function unknownModule({ message, names, known }: UnknownModules): UserError {
  const near = nearestName(names[0] ?? '', known)
  return new UserError(message, [
    near === null ? 'modules of other kernels cannot be had' : `did you mean ${near}?`,
  ])
}

async function knownOrMade(
  preparation: Preparation,
  archive: Archive,
  choice: PackageChoice,
): Promise<ImageFiles> {
  const key = imageKey(preparation.memory.key, choice(archive.index))
  return (await intact(key, preparation)) ?? (await made(preparation, archive, choice))
}

async function made(preparation: Preparation, archive: Archive, choice: PackageChoice): Promise<ImageFiles> {
  const { guest, options, store, memory } = preparation
  const fetched = await fetchChoice(archive, choice, options)
  const started = Date.now()
  const kernel = await kernelFolder(archive, fetched, options)
  const entries = await assemble(guest, fetched, kernel, options.signal)
  const key = imageKey(memory.key, fetched.packages)
  const image = await store.add(key, join(kernel, 'vmlinuz'), cpioRecords(entries))
  const size = formatMemory(statSync(image.initrd).size / 2 ** 20)
  const took = formatSeconds((Date.now() - started) / 1000)
  options.note(`guest image made of ${fetched.packages.length} packages (${size}, ${took})`)
  for (const [folder, bound] of Object.entries(bounds)) prune(join(options.cacheFolder, folder), bound)
  return image
}

function imageKey(request: string, packages: DebianPackage[]): string {
  return valueHash([request, packages.map(({ name, version, sha256 }) => [name, version, sha256])])
}

/** Kernels stay unpacked: reading their packages takes seconds, and all guests share them. */
async function kernelFolder(archive: Archive, fetched: Fetched, options: PrepareOptions): Promise<string> {
  const chosen = fetched.packages.filter(({ name }) => isKernelPackage(name))
  const name = `${chosen[0]?.name}_${valueHash(chosen.map((one) => one.sha256)).slice(0, 16)}`
  const folder = join(options.cacheFolder, 'kernels', archive.architecture, name)
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date())
    return folder
  }
  options.note(`unpacking ${chosen[0]?.name}`)
  const files = fetched.files.filter((_, index) => isKernelPackage(fetched.packages[index]?.name ?? ''))
  await unpackKernel(files, folder, options)
  return folder
}
