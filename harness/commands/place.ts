import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../host/cache-folder.ts'
import { kvmBoots } from '../host/kvm.ts'
import type { HostResources } from '../host/resources.ts'
import type { Config } from '../model/config.ts'
import type { CheckKind } from '../model/outcome.ts'
import { UserError } from '../model/user-error.ts'
import { createNixSource, type NixSourceOptions } from '../nix/source.ts'
import type { CheckTarget } from '../nix/target.ts'
import { findNix } from '../process/find-program.ts'
import { joinPlaces } from '../run/joined-place.ts'
import type { CheckPlace } from '../run/ports.ts'
import { createVmSource } from '../vm/source/source.ts'
import type { SuitePlace } from '../vm/source/suite-files.ts'
import type { PlaceArguments } from './arguments.ts'

/** Where checks come from; null for a kind that is not wanted, or of which there are none. */
export interface Places {
  nixos: CheckTarget | null
  vm: SuitePlace | null
}

/** @param note told what takes time meanwhile, for a person who waits */
export function openPlace(
  args: PlaceArguments,
  config: Config,
  host: HostResources,
  note: (text: string) => void,
): CheckPlace {
  const { nixos, vm } = withoutMissingNix(findPlaces(args, config, process.cwd()), args, note)
  const places = new Map<CheckKind, CheckPlace>()
  if (vm) places.set('vm', vmPlace(vm, config))
  if (nixos) places.set('nixos', nixPlace(nixos, { system: args.system ?? null, config, host, note }))
  return joinPlaces(places)
}

function vmPlace(place: SuitePlace, config: Config): CheckPlace {
  return createVmSource({
    place,
    overrides: config.checks,
    cacheFolder: cacheFolder(),
    // All programs of a build lie in one folder.
    programFolder: dirname(fileURLToPath(import.meta.url)),
    kvm: kvmBoots,
  })
}

/** What a NixOS check's place is opened with. */
interface NixSurroundings {
  system: string | null
  config: Config
  host: HostResources
  note(text: string): void
}

function nixPlace(target: CheckTarget, surroundings: NixSurroundings): CheckPlace {
  return createNixSource(nixOptions(target, surroundings))
}

/** How NixOS checks are listed, evaluated and built on this host. */
export function nixOptions(target: CheckTarget, { host, ...options }: NixSurroundings): NixSourceOptions {
  const atOnce = Math.floor(host.availableMiB / options.config.nix.evaluationMemoryMiB)
  return {
    ...options,
    target,
    cacheFolder: cacheFolder(),
    profileModule: join(packageFolder(), 'suites/nixos/lib/profile.nix'),
    evaluationJobs: Math.max(1, Math.min(host.cores, atOnce)),
  }
}

/** A build lies in dist/NAME of the package. */
function packageFolder(): string {
  return join(dirname(fileURLToPath(import.meta.url)), '../..')
}

/** Whoever asks for Nix's checks is told that there is no Nix; else the built-in driver's are there all the same. */
function withoutMissingNix(places: Places, args: PlaceArguments, note: (text: string) => void): Places {
  if (!places.nixos || !places.vm || asksForNix(args) || findNix() !== null) return places
  note('Nix is not installed here: only checks of kind vm (vmproof setup --kind nixos installs it)')
  return { ...places, nixos: null }
}

function asksForNix({ flake, file, kind }: PlaceArguments): boolean {
  return flake !== undefined || file !== undefined || kind === 'nixos'
}

/**
 * Both kinds, unless the command line names a kind or just the places of one.
 * @throws UserError when options contradict each other, and when there is no place with checks
 */
export function findPlaces(args: PlaceArguments, config: Config, cwd: string): Places {
  const { kind, suites } = args
  const nixos =
    kind !== 'vm' && (suites === undefined || asksForNix(args)) ? findTarget(args, config, cwd) : null
  const vm = kind === 'vm' || suites !== undefined || !asksForNix(args) ? findSuites(args, config, cwd) : null
  if (nixos || vm) return { nixos, vm }
  throw nothingHere(kind, cwd)
}

function nothingHere(kind: CheckKind | undefined, cwd: string): UserError {
  const flake = 'point at a flake with --flake REF, or at a Nix file with --file F --attr PREFIX'
  const suites = 'write suites of VM checks into suites/vm, or point at their folder with --suites DIR'
  const config = 'or write one of them into vmproof.config.toml'
  switch (kind) {
    case 'nixos':
      return new UserError(`there is no flake.nix in ${cwd} or above it`, [flake, config])
    case 'vm':
      return new UserError(`there is no folder suites/vm in ${cwd} or above it`, [suites, config])
    case undefined:
      return new UserError(`there is neither a flake.nix nor a folder suites/vm in ${cwd} or above it`, [
        flake,
        suites,
        config,
      ])
  }
}

/**
 * The command line, else the configuration, else the flake that encloses the working folder; null without one.
 * @throws UserError when the options contradict each other
 */
function findTarget(args: PlaceArguments, config: Config, cwd: string): CheckTarget | null {
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
  const folder = enclosing(cwd, 'flake.nix')
  return folder === null ? null : { type: 'flake', ref: folder }
}

/** The command line, else the configuration, else `suites/vm` of the project; null when there is none. */
function findSuites({ suites }: PlaceArguments, config: Config, cwd: string): SuitePlace | null {
  if (suites !== undefined) return { folders: [resolve(cwd, suites)], isNamed: true }
  if (config.suites !== null) {
    return { folders: config.suites.map((folder) => resolve(config.folder, folder)), isNamed: true }
  }
  const folder = enclosing(cwd, 'suites/vm')
  return folder === null ? null : { folders: [join(folder, 'suites/vm')], isNamed: false }
}

/** A path in a configuration is seen from the configuration's folder; other references are Nix's business. */
function fromConfig(ref: string, config: Config): string {
  return /^\.{0,2}(\/|$)/.test(ref) ? resolve(config.folder, ref) : ref
}

/** Like Nix looks for a flake: the nearest folder above that holds `name`, within the same repository; or null. */
export function enclosing(cwd: string, name: string): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return null
  }
}
