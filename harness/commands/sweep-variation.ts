import { inKebabCase } from '../filesystem/run-settings.ts'
import { findSweep } from '../filesystem/sweep-before.ts'
import type { Config } from '../model/config.ts'
import type { SearchQuestion, SweepInfo } from '../model/sweep.ts'
import { parseDuration } from '../model/units.ts'
import { UserError } from '../model/user-error.ts'
import { parseFind } from '../sweep/knob.ts'
import { leastPoints } from '../sweep/search.ts'
import type { GivenRunArguments, RunArguments } from './arguments.ts'
import { openProfiles } from './profiles.ts'
import { wholeNumber } from './run-options.ts'
import type { Variation } from './variation.ts'

const defaultRepeat = 3
const defaultPoints = 8

/** Reads what `sweep` shall vary. @throws UserError naming the option */
export async function sweepVariation(
  given: GivenRunArguments,
  args: RunArguments,
  config: Config,
): Promise<Variation> {
  if (args.find !== undefined) {
    refuseBeside(given)
    return {
      sweep: { type: 'search', question: questionOf(args) },
      profiles: [null],
      areNamed: true,
      withinSeconds: args.within === undefined ? null : parseDuration(args.within, '--within'),
    }
  }
  refuseWithoutFind(given)
  const names = args.profiles === undefined ? null : namesInList(args.profiles)
  const profiles = await openProfiles(names, config)
  if (profiles.length === 0)
    throw new UserError('there is no profile to sweep over', ['write one into profiles/'])
  const against = args.against === undefined ? null : findSweep(args.out, args.against)
  const sweep: SweepInfo = { type: 'profiles', profiles: profiles.map(({ name }) => name), against }
  return { sweep, profiles, areNamed: names !== null, withinSeconds: null }
}

/** Reads `--profiles a,b`. @throws UserError */
export function namesInList(list: string): string[] {
  const names = list.split(',').map((name) => name.trim())
  if (names.includes('')) {
    throw new UserError(`--profiles ${list}: a name is missing`, ['write it like baseline,lossy'])
  }
  return [...new Set(names)]
}

function questionOf(args: RunArguments): SearchQuestion {
  return {
    ...parseFind(args.find ?? ''),
    repeat: wholeNumber(args.repeat, '--repeat', 1) ?? defaultRepeat,
    points: wholeNumber(args.points, '--points', leastPoints) ?? defaultPoints,
  }
}

/** A search decides itself what it attempts, and how often. */
function refuseBeside(given: GivenRunArguments): void {
  const idle = (['profiles', 'against', 'lastFailed', 'failFast', 'retries'] as const).find(
    (name) => given[name] !== undefined && given[name] !== false,
  )
  if (idle !== undefined) {
    const hint = idle === 'retries' ? ['--repeat says how often each value is attempted'] : []
    throw new UserError(`--find and ${optionOf(idle)}: do not go together`, hint)
  }
  const names = [...(given.checks ?? []), ...given._.slice(1), ...(given.tag ?? [])]
  if (names.length > 0) return
  throw new UserError('--find: for which check?', [
    'name one, or give a --tag: a search attempts it dozens of times',
  ])
}

function refuseWithoutFind(given: GivenRunArguments): void {
  const idle = (['repeat', 'points', 'within'] as const).find((name) => given[name] !== undefined)
  if (idle !== undefined)
    throw new UserError(`${optionOf(idle)}: needs --find`, ['as in --find loss=0%..20%'])
}

function optionOf(name: string): string {
  return `--${inKebabCase(name)}`
}
