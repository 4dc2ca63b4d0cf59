import { readResources } from '../host/resources.ts'
import type { Config } from '../model/config.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { Instance } from '../model/plan.ts'
import { UserError } from '../model/user-error.ts'
import { buildInteractiveDriver, useInteractiveDriver } from '../nix/interactive.ts'
import type { ShellArguments } from './arguments.ts'
import { findPlaces, nixOptions } from './place.ts'

/** `shell` for a NixOS test: its own interactive driver gets the terminal. */
export async function nixShell(
  { check, profile }: Instance,
  args: ShellArguments,
  config: Config,
  note: (text: string) => void,
): Promise<ExitCode> {
  if (profile !== null) {
    throw new UserError('--profile: a shell under a profile is for checks of kind vm', [
      'leave it out: the interactive driver of a NixOS test has the nodes as the test has them',
    ])
  }
  const { nixos } = findPlaces(args, config, process.cwd())
  if (!nixos) throw new Error('a check of kind nixos came from nowhere')
  const options = nixOptions(nixos, { system: args.system ?? null, config, host: readResources(), note })
  const program = await buildInteractiveDriver(options, check.name, new AbortController().signal)
  // The terminal sends its Ctrl-C to the driver as well, which knows what to do.
  process.on('SIGINT', () => {})
  const { code, signal, startError } = await useInteractiveDriver(program, args.accel ?? 'auto')
  if (startError !== null) throw new UserError(startError, [], exitCodes.infrastructure)
  if (code === 0) return exitCodes.passed
  if (signal === 'SIGINT') return exitCodes.interrupted
  note(signal === null ? `the driver ended with exit code ${code}` : `the driver was ended by ${signal}`)
  return signal === null ? exitCodes.failed : exitCodes.infrastructure
}
