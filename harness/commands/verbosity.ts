import { UserError } from '../model/user-error.ts'
import type { Verbosity } from '../reporters/verbosity.ts'

/** Options that say how much is told. */
export interface VerbosityArguments {
  quiet?: boolean
  verbose?: boolean
  /** `-vv` */
  vv?: boolean
}

/** What the options come to: one on the command line beats what the environment or the configuration say. */
export function verbosityOf({ quiet = false, verbose = false, vv = false }: VerbosityArguments): Verbosity {
  if (quiet) return 'quiet'
  if (vv) return 'consoles'
  return verbose ? 'assertions' : 'normal'
}

/** @param given what stands on the command line @throws UserError when it contradicts itself */
export function refuseContradiction({ quiet, verbose, vv }: VerbosityArguments): void {
  if (!quiet || !(verbose || vv)) return
  throw new UserError('--quiet and --verbose: do not go together', ['give one of them'])
}
