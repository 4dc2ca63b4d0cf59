import type { Config } from '../model/config.ts'
import type { CheckPlace } from '../run/ports.ts'
import { attemptBuild } from './build-attempt.ts'
import { restoreDerivation } from './collected.ts'
import { type DescribeContext, describeChecks } from './describe.ts'
import { attemptDriver } from './driver-attempt.ts'
import { whyNotHere } from './fitness.ts'
import { contentOf, identityOf } from './identity.ts'
import { listChecks } from './list.ts'
import { createNixCommand } from './nix-command.ts'
import { connectNix, type NixHost } from './nix-host.ts'
import { rememberedIn } from './remembered.ts'
import { storedLog } from './stored-log.ts'
import { type CheckTarget, placeOf } from './target.ts'

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
  return {
    list: async () => listChecks(await context(), options.config.checks),
    describe: async function* (checks, signal) {
      yield* describeChecks(await context(), checks, signal)
    },
    attempt: async (request, observer, signal) => {
      await restoreDerivation(await context(), request.instance, signal)
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

async function contextOf(
  connected: () => Promise<NixHost>,
  { target, system, config, ...options }: NixSourceOptions,
): Promise<DescribeContext> {
  const place = placeOf(target)
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
  }
}
