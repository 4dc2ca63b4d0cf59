import { join } from 'node:path'
import { prepareGuest } from '../guest/prepare.ts'
import type { Architecture, GuestDefinition } from '../suite.ts'
import type { BootConfig } from '../test-config.ts'

/** Makes guests ready; nodes that boot the same wait for one preparation. */
export class Guests {
  readonly #cacheFolder: string
  readonly #running = new Map<string, Promise<BootConfig>>()

  constructor(cacheFolder: string) {
    this.#cacheFolder = cacheFolder
  }

  /** Where booted guests are kept, so that their next start is short. */
  get snapshotFolder(): string {
    return join(this.#cacheFolder, 'snapshots')
  }

  /** @throws UserError naming what is unknown, missing or not reachable */
  prepare(guest: GuestDefinition, architecture: Architecture, signal: AbortSignal): Promise<BootConfig> {
    const key = JSON.stringify([architecture, guest])
    const known = this.#running.get(key)
    if (known) return known
    const options = { cacheFolder: this.#cacheFolder, note: () => {}, signal }
    const preparation = prepareGuest(guest, architecture, options).finally(() => this.#running.delete(key))
    this.#running.set(key, preparation)
    return preparation
  }
}
