import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { EvaluationError, ListedCheck, NixTarget } from '../model/check.ts'
import type { CheckOverride } from '../model/config.ts'
import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { overrideFor } from '../plan/instances.ts'
import { type DescribeContext, keepUnlessEdited } from './describe.ts'
import { type EvaluateOptions, evaluateNames } from './evaluate.ts'
import { missingMark } from './expressions.ts'
import { type NixHost, versionOf } from './nix-host.ts'
import { tagsOfName, unique } from './tags.ts'
import { attributeOf, type CheckSet } from './target.ts'

/** Attributes that sets of tests in Nix files carry beside their tests, in nixpkgs above all. */
const notChecks = ['recurseForDerivations', 'override', 'overrideDerivation', 'extend', 'newScope']

/** The names in the set with their tags; remembered, because even a flake's names can take seconds. */
export async function listChecks(
  context: DescribeContext,
  overrides: CheckOverride[],
): Promise<ListedCheck[]> {
  const { set } = context
  return (await namesIn(context))
    .filter((name) => set.type === 'flake' || !(notChecks.includes(name) || name.startsWith('__')))
    .map((name) => ({
      name,
      kind: 'nixos',
      tags: unique([...tagsOfName(name), ...overrideFor(name, overrides).tags]),
      target: targetOf(set, name),
    }))
}

async function namesIn(context: DescribeContext): Promise<string[]> {
  const { host, set, identity, remembered, memoryMiB } = context
  const key = `names ${identity}`
  const known = identity === null ? undefined : remembered.find(key)
  if (Array.isArray(known)) return known
  const options = { memoryMiB, signal: new AbortController().signal }
  const startedAt = Date.now()
  const result = await evaluateNames(host, set, options)
  switch (result.type) {
    case 'aborted':
      return []
    case 'failed':
      throw await explainListing(host, set, result.error, options)
    case 'evaluated':
      await keepUnlessEdited(context, [{ key, ...result, startedAt }])
      return result.value
  }
}

function targetOf(set: CheckSet, name: string): NixTarget {
  const attribute = attributeOf(set, name)
  return set.type === 'flake'
    ? { type: 'flake', flake: set.ref, attribute }
    : { type: 'file', file: set.file, attribute }
}

/** Turns a failure to list into words about the place that the user pointed at. */
async function explainListing(
  host: NixHost,
  set: CheckSet,
  error: EvaluationError,
  options: EvaluateOptions,
): Promise<UserError> {
  const said = [error.message, ...error.details].join('\n')
  if (set.type === 'flake' && noAttribute.test(said)) return explainSystems(host, set, options)
  if (set.type === 'flake' && noFlake.test(said) && !existsSync(join(set.ref, 'flake.nix'))) {
    const hints = ['point at one with --flake REF, or at a Nix file with --file F --attr PREFIX']
    return new UserError(`there is no flake at ${set.ref}: ${error.message}`, hints)
  }
  if (set.type === 'flake' && badPath.test(said) && set.ref.startsWith('/')) {
    const why = `${set.ref}: ${await versionOf(host.nix)} takes no flake from such a path`
    const hints = ['rename the folder: letters, digits and ._~+-= are safe']
    return new UserError(why, hints, exitCodes.infrastructure)
  }
  if (set.type === 'file' && error.message.startsWith(missingMark)) return explainAttribute(set, error)
  const place = set.type === 'flake' ? set.ref : set.file
  return new UserError(
    `${place} cannot be evaluated: ${error.message}`,
    error.details,
    exitCodes.infrastructure,
  )
}

// flake 'git+file:///home/me/project' does not provide attribute 'packages.x86_64-linux.checks…' or 'checks…'
const noAttribute = /does not provide attribute/
// could not find a flake.nix file · path '…' is not a flake (because it doesn't contain a 'flake.nix' file)
// getting status of '/home/me/nowhere': No such file or directory · path '/home/me/nowhere' does not exist
const noFlake =
  /could not find a flake\.nix|is not a flake|does not contain a '\/?flake\.nix'|cannot find flake|^getting status of '(?!\/nix\/store)|^path '(?!\/nix\/store)[^']*' does not exist/m

// '/home/me/my project#checks.x86_64-linux' is not a valid URL
const badPath = /is not a valid URL/

// vmproof:missing tests: lib, packages
function explainAttribute(set: Extract<CheckSet, { type: 'file' }>, error: EvaluationError): UserError {
  const [name, names] = error.message.slice(missingMark.length).split(/: (.*)/s)
  return new UserError(
    `--attr ${set.attr}: ${set.file} has no attribute ${name}`,
    names ? [`it has ${names.replace(/ at \/.*/, '')}`] : [],
    exitCodes.nothingMatched,
  )
}

async function explainSystems(
  host: NixHost,
  set: Extract<CheckSet, { type: 'flake' }>,
  options: EvaluateOptions,
): Promise<UserError> {
  const installable = ['eval', '--json', '--no-write-lock-file', `${set.ref}#checks`]
  const run = await host.nix.run('nix', [...installable, '--apply', 'builtins.attrNames'], options)
  const systems: unknown = run.ok ? JSON.parse(run.stdout) : []
  const nothing = exitCodes.nothingMatched
  if (!Array.isArray(systems) || systems.length === 0) {
    return new UserError(
      `the flake ${set.ref} has no checks`,
      ['it needs an output checks.SYSTEM.NAME'],
      nothing,
    )
  }
  return new UserError(
    `the flake ${set.ref} has no checks for ${set.system}, only for ${systems.join(', ')}`,
    [`vmproof list --system ${systems[0]}`],
    nothing,
  )
}
