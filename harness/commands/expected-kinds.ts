import type { CheckKind } from '../model/outcome.ts'
import { UserError } from '../model/user-error.ts'
import { openConfig } from './configuration.ts'
import { findPlaces } from './place.ts'

/** Kinds of checks that this host is expected to run: the one asked for, else those that the project here has. */
export async function expectedKinds(asked: CheckKind | undefined): Promise<CheckKind[]> {
  if (asked) return [asked]
  const cwd = process.cwd()
  try {
    const { config } = await openConfig()
    const { vm, nixos } = findPlaces({}, config, cwd)
    return [...(vm ? ['vm' as const] : []), ...(nixos ? ['nixos' as const] : [])]
  } catch (error) {
    // No project here, or one whose configuration is wrong: `run` says so, this is about the host.
    if (error instanceof UserError) return ['vm', 'nixos']
    throw error
  }
}
