import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { HostResources } from '../host/resources.ts'
import type { Config } from '../model/config.ts'
import { UserError } from '../model/user-error.ts'
import { createNixSource, type NixSource } from '../nix/source.ts'
import type { CheckTarget } from '../nix/target.ts'

/** Options that say where checks come from. */
export interface PlaceArguments {
  flake?: string
  file?: string
  attr?: string
  system?: string
}

/** @param note told what takes time meanwhile, for a person who waits */
export function openSource(
  args: PlaceArguments,
  config: Config,
  host: HostResources,
  note: (text: string) => void,
): NixSource {
  const atOnce = Math.floor(host.availableMiB / config.nix.evaluationMemoryMiB)
  return createNixSource({
    target: findTarget(args, config, process.cwd()),
    system: args.system ?? null,
    config,
    cacheFolder: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'vmproof'),
    evaluationJobs: Math.max(1, Math.min(host.cores, atOnce)),
    note,
  })
}

/**
 * The command line, else the configuration, else the flake that encloses the working folder.
 * @throws UserError when the options contradict each other, and when there is no flake
 */
export function findTarget(args: PlaceArguments, config: Config, cwd: string): CheckTarget {
  const { flake, file, attr } = args
  if (flake !== undefined && file !== undefined) {
    throw new UserError('--flake and --file: only one place at a time')
  }
  if (attr !== undefined && file === undefined && config.file === null) {
    throw new UserError('--attr: needs --file', ['for a flake the checks are its output checks.SYSTEM'])
  }
  if (flake !== undefined) return { type: 'flake', ref: flake }
  if (file !== undefined) return { type: 'file', file, attr: attr ?? null }
  if (config.flake !== null) return { type: 'flake', ref: fromConfig(config.flake, config) }
  if (config.file !== null) {
    return { type: 'file', file: resolve(config.folder, config.file), attr: attr ?? config.attr }
  }
  return { type: 'flake', ref: enclosingFlake(cwd) }
}

/** A path in a configuration is seen from the configuration's folder; other references are Nix's business. */
function fromConfig(ref: string, config: Config): string {
  return /^\.{0,2}(\/|$)/.test(ref) ? resolve(config.folder, ref) : ref
}

/** Like Nix: the nearest folder above that holds a flake.nix, within the same repository. */
function enclosingFlake(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'flake.nix'))) return folder
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) break
  }
  throw new UserError(`there is no flake.nix in ${cwd} or above it`, [
    'point at a flake with --flake REF, or at a Nix file with --file F --attr PREFIX',
    'or write one of them into vmproof.config.toml',
  ])
}
