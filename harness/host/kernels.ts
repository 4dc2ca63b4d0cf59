import { accessSync, constants, readdirSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { guestFolder } from './prepared-folder.ts'

/**
 * A Linux kernel that is at hand and that this user may read (Ubuntu's in /boot belong to root alone): the guests'
 * own, else one that this host boots itself.
 *
 * @param architecture as `uname -m` has it
 * @returns its path, or null
 */
export function findKernel(architecture: string): string | null {
  const candidates = [join(guestFolder(architecture), 'vmlinuz'), ...kernelsOfHost()]
  return candidates.find(isReadable) ?? null
}

/** The running one first: as Fedora, Debian and NixOS name it. Then any other in /boot, in no order that matters. */
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
