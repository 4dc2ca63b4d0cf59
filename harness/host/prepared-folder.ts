import { join } from 'node:path'

/**
 * What the builders of the project's own checks use: their environment is empty, so it stands at a fixed path.
 * suites/self/lib.nix knows the same paths.
 */
export const preparedFolder = '/var/lib/vmproof'

/** Programs by name: `node`, `esbuild`. */
export const toolsFolder = join(preparedFolder, 'bin')

/** Says what the tools were made of; equal to `toolsStamp` when they are up to date. */
export const stampFile = join(preparedFolder, 'tools.json')

/** Holds `vmlinuz`, `busybox`, `modules/` and `packages.txt`. @param architecture as `uname -m` has it */
export function guestFolder(architecture: string): string {
  return join(preparedFolder, 'guest', architecture)
}
