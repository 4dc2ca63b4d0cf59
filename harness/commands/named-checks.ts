import { type Target, targetOf } from '../plan/targets.ts'
import type { GivenRunArguments } from './arguments.ts'

/** Names and globs, also those behind `--`. yargs leaves an optional list out when it is empty. */
export function namesOf({ checks, _ }: Pick<GivenRunArguments, '_' | 'checks'>): string[] {
  return [...(checks ?? []), ..._.slice(1).map(String)]
}

/** Only `run` takes profiles behind names: `sweep` is told its own in another way. */
export function targetsOf(args: Pick<GivenRunArguments, '_' | 'checks'>): Target[] {
  const words = namesOf(args)
  return args._[0] === 'run' ? words.map(targetOf) : words.map((check) => ({ check, profile: null }))
}
