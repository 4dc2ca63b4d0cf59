import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { UserError } from '../../model/user-error.ts'
import type { DirectGuest, DiskGuest, ImageFile } from '../suite.ts'
import type { BootConfig, ImageConfig } from '../test-config.ts'

/** The first bytes of every qcow2 image, of all versions. */
const qcow2Magic = Buffer.from('QFI\xfb', 'latin1')

/** What a node boots from files that somebody else built. @throws UserError for a file that cannot be read */
export function givenGuest(guest: DirectGuest | DiskGuest): BootConfig {
  if ('kernel' in guest) {
    const { kernel, initrd, append = '', disk } = guest
    demandFile(kernel, 'kernel')
    demandFile(initrd, 'initrd')
    return { type: 'direct', kernel, initrd, append, disk: disk ? imageOf(disk) : null }
  }
  return { type: 'disk', disk: imageOf(guest.disk), firmware: guest.firmware ?? 'uefi' }
}

/** Without a stated format the file's own first bytes tell: a raw image that begins like qcow2 does not boot anyway. */
function imageOf({ path, format }: ImageFile): ImageConfig {
  demandFile(path, 'disk')
  const found = isQcow2(path) ? 'qcow2' : 'raw'
  if (format === 'qcow2' && found === 'raw') {
    throw new UserError(`the disk of a guest, ${path}, is no qcow2 image`, ['leave out format, or say raw'])
  }
  return { path, format: format ?? found }
}

function demandFile(path: string, what: string): void {
  const fail = (why: string): never => {
    throw new UserError(`the ${what} of a guest, ${path}, ${why}`, [
      'a guest of such files is built or fetched before the check runs',
    ])
  }
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!isAbsolute(path)) fail('is no absolute path')
  else if (!stat) fail('is not there')
  else if (stat.isDirectory()) fail('is a folder')
  else if (stat.isFile() && stat.size === 0) fail('is empty')
  try {
    accessSync(path, constants.R_OK)
  } catch {
    fail('may not be read')
  }
}

function isQcow2(path: string): boolean {
  const start = Buffer.alloc(qcow2Magic.length)
  const descriptor = openSync(path, 'r')
  try {
    readSync(descriptor, start, 0, start.length, 0)
  } finally {
    closeSync(descriptor)
  }
  return start.equals(qcow2Magic)
}
