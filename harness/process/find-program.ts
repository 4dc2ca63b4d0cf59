import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** @returns the path of a program on PATH, or null */
export function findOnPath(program: string, path = process.env.PATH ?? ''): string | null {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder || '.', program)
    try {
      accessSync(candidate, constants.X_OK)
      return candidate
    } catch {
      // Not in this folder.
    }
  }
  return null
}

/**
 * The program `nix` on PATH, or where its installers put it: not every shell has read their profile. It stands here
 * because who looks for Nix and who calls it must find the same one.
 */
export function findNix(): string | null {
  const profiles = [
    '/nix/var/nix/profiles/default/bin',
    join(homedir(), '.nix-profile/bin'),
    '/run/current-system/sw/bin',
  ]
  return findOnPath('nix') ?? findOnPath('nix', profiles.join(delimiter))
}
