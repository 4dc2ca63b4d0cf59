import { exitCodes } from '../../model/exit-code.ts'
import { UserError } from '../../model/user-error.ts'
import type { Architecture, GuestDefinition } from '../suite.ts'
import type { BootConfig } from '../test-config.ts'
import { givenGuest } from './given.ts'
import { packagedGuest } from './packaged.ts'

/** How guests are made ready. */
export interface PrepareOptions {
  /** Kept between runs: package lists, packages, kernels, images. */
  cacheFolder: string
  /** Progress for people, one line at a time. */
  note(text: string): void
  signal?: AbortSignal
}

/**
 * Makes ready what a node boots: puts a guest together from packages, unless it is remembered, or looks at the files
 * that somebody else built. Several processes may do so at once: each image is made once.
 *
 * @throws UserError naming what is unknown, missing, not reachable or unreadable
 */
export async function prepareGuest(
  guest: GuestDefinition,
  architecture: Architecture,
  options: PrepareOptions,
): Promise<BootConfig> {
  if ('kernel' in guest || 'disk' in guest) return givenGuest(guest)
  try {
    return await packagedGuest(guest, architecture, options)
  } catch (error) {
    throw asUserError(error, options.cacheFolder)
  }
}

/** What keeps a cache folder from being written to, by the operating system's error codes. */
const troubles: Record<string, string> = {
  EACCES: 'permission denied',
  EEXIST: 'something else stands there',
  EDQUOT: 'the disk quota is used up',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
}

function asUserError(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const trouble = troubles[code]
  if (trouble === undefined) return error
  return new UserError(
    `guests cannot be kept in ${folder}: ${trouble}`,
    ['make room there, or set XDG_CACHE_HOME to a folder on another disk'],
    exitCodes.infrastructure,
  )
}
