import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../model/config.ts'
import type { Profile } from '../model/profile.ts'
import { enclosing } from './place.ts'

/**
 * Reads the profiles that a command asks for. @param names null: all that there are
 * @throws UserError, see readProfiles
 */
export async function openProfiles(names: readonly string[] | null, config: Config): Promise<Profile[]> {
  // Loaded only where profiles are asked for: a start is felt.
  const { readProfiles } = await import('../filesystem/profile-files.ts')
  return readProfiles(profileFolders(config, process.cwd()), names)
}

/** The profile of `--profile`; null without it. @throws UserError */
export async function chosenProfile(
  { profile }: { profile?: string },
  config: Config,
): Promise<Profile | null> {
  if (profile === undefined) return null
  const [chosen = null] = await openProfiles([profile], config)
  return chosen
}

/** The configuration's, else `profiles` beside it or in the project, else those that come with vmproof. */
function profileFolders({ profiles, folder }: Config, cwd: string): string[] {
  if (profiles !== null) return profiles.map((one) => resolve(folder, one))
  const beside = join(folder, 'profiles')
  if (existsSync(beside)) return [beside]
  const above = enclosing(cwd, 'profiles')
  return [above === null ? shippedProfiles() : join(above, 'profiles')]
}

/** A build lies in dist/NAME of the package. */
function shippedProfiles(): string {
  return join(dirname(fileURLToPath(import.meta.url)), '../../profiles')
}
