import type { Config } from '../model/config.ts'
import type { Profile } from '../model/profile.ts'
import type { SweepInfo } from '../model/sweep.ts'
import type { GivenRunArguments, RunArguments } from './arguments.ts'
import { targetsOf } from './named-checks.ts'
import { openProfiles } from './profiles.ts'

/** Under what each selected check runs. */
export interface Variation {
  /** null: it is no sweep. */
  sweep: SweepInfo | null
  /**
   * Of the selection; null stands for none. Of `run` the first is its own, the others stand behind names. A search makes
   * profiles as it goes.
   */
  profiles: (Profile | null)[]
  /** Whether the profiles were named: what is named and cannot be is told. */
  areNamed: boolean
  /** A search ends when it has gone on for so long; null: when it is done. */
  withinSeconds: number | null
}

/** Reads what `run` or `sweep` shall vary. @throws UserError naming the option */
export async function variationOf(
  given: GivenRunArguments,
  args: RunArguments,
  config: Config,
): Promise<Variation> {
  const [command] = given._
  if (command === 'sweep') {
    const { sweepVariation } = await import('./sweep-variation.ts')
    return sweepVariation(given, args, config)
  }
  const own = args.profile ?? null
  const named = targetsOf(args).flatMap(({ profile }) => profile ?? [])
  const names = new Set([...(own === null ? [] : [own]), ...named])
  const opened = names.size > 0 ? await openProfiles([...names], config) : []
  const profiles = [...(own === null ? [null] : []), ...opened]
  return { sweep: null, profiles, areNamed: true, withinSeconds: null }
}
