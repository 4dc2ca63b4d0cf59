import { accessSync, constants, readdirSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { guestFolder } from './prepared-folder.ts'

/** Debian's words for what `uname -m` calls x86_64 and aarch64. */
const debianNames: Partial<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' }

/**
 * A Linux kernel that is at hand and that this user may read (Ubuntu's in /boot belong to root alone): one that guests
 * boot, else one that this host boots itself.
 *
 * @param architecture as `uname -m` has it
 * @returns its path, or null
 */
export function findKernel(architecture: string): string | null {
  const candidates = [
    join(guestFolder(architecture), 'vmlinuz'),
    ...kernelsOfHost(),
    ...unpackedKernels(join(cacheFolder(), 'kernels', debianNames[architecture] ?? architecture)),
  ]
  return candidates.find(isReadable) ?? null
}

/** The running one first: as Fedora, Debian and NixOS name it. Then any other in /boot, whichever. */
function kernelsOfHost(): string[] {
  return [
    `/lib/modules/${release()}/vmlinuz`,
    `/boot/vmlinuz-${release()}`,
    '/run/current-system/kernel',
    ...namesIn('/boot')
      .filter((name) => name.startsWith('vmlinuz'))
      .map((name) => join('/boot', name)),
  ]
}

/** Where the built-in driver keeps the kernels of its guests, see harness/vm/guest. */
function unpackedKernels(folder: string): string[] {
  return namesIn(folder).map((name) => join(folder, name, 'vmlinuz'))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}
