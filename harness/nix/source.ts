import { readFileSync } from 'node:fs'
import type { Config } from '../model/config.ts'
import type { Profile } from '../model/profile.ts'
import { changesNodes } from '../plan/profiles.ts'
import { nixosInput } from '../profile/nixos-input.ts'
import type { CheckPlace } from '../run/ports.ts'
import { attemptBuild } from './build-attempt.ts'
import { restoreDerivation } from './collected.ts'
import { type DescribeContext, describeChecks } from './describe.ts'
import { attemptDriver } from './driver-attempt.ts'
import type { NixProfile } from './expressions.ts'
import { whyNotHere } from './fitness.ts'
import { contentOf, identityOf } from './identity.ts'
import { listChecks } from './list.ts'
import { createNixCommand } from './nix-command.ts'
import { connectNix, type NixHost } from './nix-host.ts'
import { rememberedIn } from './remembered.ts'
import { storedLog } from './stored-log.ts'
import { absoluteTarget, type CheckTarget } from './target.ts'

/** Where the checks are, and what evaluating them may take. */
export interface NixSourceOptions {
  target: CheckTarget
  /** Nix system such as `x86_64-linux`; null for this host's. */
  system: string | null
  config: Config
  /** Where results of evaluations are remembered; made when needed. */
  cacheFolder: string
  /** Evaluations at a time; each may take `config.nix.evaluationMemoryMiB`. */
  evaluationJobs: number
  /** Path of profile.nix, the module that puts profiles on nodes. */
  profileModule: string
  /** What it is doing, for a person who waits. */
  note(text: string): void
}

/**
 * Checks of a flake or of a Nix file. Nothing is started before the first method is called; each throws UserError
 * when there is no working Nix.
 */
export function createNixSource(options: NixSourceOptions): CheckPlace {
  let host: Promise<NixHost> | undefined
  const connected = () => {
    host ??= connectNix(options.config.nix.options)
    return host
  }
  let described: Promise<DescribeContext> | undefined
  const context = () => {
    described ??= contextOf(connected, options)
    return described
  }
  const under = async (profile: Profile | null): Promise<DescribeContext> => ({
    ...(await context()),
    profile: profile && changesNodes(profile) ? nixProfile(profile, options.profileModule) : null,
  })
  return {
    list: async () => listChecks(await context(), options.config.checks),
    describe: async function* (checks, signal, profile = null) {
      yield* describeChecks(await under(profile), checks, signal)
    },
    attempt: async (request, observer, signal) => {
      const { instance } = request
      await restoreDerivation(await under(instance.conditions ?? null), instance, signal)
      const attempt = request.via === 'driver' ? attemptDriver : attemptBuild
      return attempt(await connected(), request, observer, signal)
    },
    earlierLog: async ({ metadata }, signal) =>
      metadata?.derivation ? storedLog((await connected()).nix, metadata.derivation.path, signal) : null,
    fitness: async ({ metadata: { derivation } }, accel) => ({
      whyNot: derivation && whyNotHere(await connected(), derivation, accel),
      accelerator: null,
    }),
  }
}

/** What evaluating checks of a place takes. */
export async function contextOf(
  connected: () => Promise<NixHost>,
  { target, system, config, ...options }: NixSourceOptions,
): Promise<DescribeContext> {
  const place = absoluteTarget(target)
  const nixOptions = config.nix.options
  const asked = contentOf(place, createNixCommand(nixOptions), nixOptions)
  const [host, content] = await Promise.all([connected(), asked])
  const set = { ...place, system: system ?? host.system }
  return {
    host,
    set,
    identity: identityOf(host, set, content),
    remembered: rememberedIn(options.cacheFolder),
    jobs: Math.max(1, options.evaluationJobs),
    memoryMiB: config.nix.evaluationMemoryMiB,
    note: options.note,
    profile: null,
  }
}

/** A profile that leaves the nodes as they are leaves the derivation, too. */
function nixProfile(profile: Profile, module: string): NixProfile {
  const { timeoutFactor } = profile
  return { module: readFileSync(module, 'utf8'), input: nixosInput(profile), timeoutFactor }
}
