import type { Architecture, GuestDefinition } from '../suite.ts'
import type { BootConfig } from '../test-config.ts'
import { givenGuest } from './given.ts'
import { packagedGuest } from './packaged.ts'

/** How guests are made ready. */
export interface PrepareOptions {
  /** Kept between runs: package lists, packages, images. */
  cacheFolder: string
  /** Progress for people, one line at a time. */
  note(text: string): void
  signal?: AbortSignal
}

/**
 * Makes ready what a node boots: puts a guest together from packages, unless it is remembered, or looks at the files
 * that somebody else built.
 *
 * @throws UserError naming what is unknown, missing, not reachable or unreadable
 */
export async function prepareGuest(
  guest: GuestDefinition,
  architecture: Architecture,
  options: PrepareOptions,
): Promise<BootConfig> {
  if ('kernel' in guest || 'disk' in guest) return givenGuest(guest)
  return packagedGuest(guest, architecture, options)
}
