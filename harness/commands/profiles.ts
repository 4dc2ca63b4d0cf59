import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../model/config.ts'
import type { Profile } from '../model/profile.ts'
import { enclosing } from './place.ts'

/**
 * The profiles that a command asks for, by name or as a single constraint like `loss=5%`.
 * @param names null: all that there are files of
 * @throws UserError, see readProfiles
 */
export async function openProfiles(names: readonly string[] | null, config: Config): Promise<Profile[]> {
  // Loaded only where profiles are asked for: a start is felt.
  const [{ readProfiles }, { singleConstraint }] = await Promise.all([
    import('../filesystem/profile-files.ts'),
    import('../sweep/knob.ts'),
  ])
  const single = new Map(
    names?.flatMap((name) => (name.includes('=') ? [[name, singleConstraint(name)]] : [])),
  )
  const named = names?.filter((name) => !single.has(name)) ?? null
  const read = named?.length === 0 ? [] : readProfiles(profileFolders(config, process.cwd()), named)
  if (names === null) return read
  const all = names.flatMap((name) => single.get(name) ?? read.find((one) => one.name === name) ?? [])
  return [...new Map(all.map((one) => [one.name, one])).values()]
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
