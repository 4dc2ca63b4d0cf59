import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitCodes } from '../model/exit-code.ts'
import type { AcceleratorChoice } from '../model/outcome.ts'
import { UserError } from '../model/user-error.ts'
import { type ChildExit, runInForeground } from '../process/child.ts'
import { readDerivationFile } from './derivation-file.ts'
import { driverEnvironment, mark } from './driver-attempt.ts'
import { evaluateInteractiveDriver } from './evaluate.ts'
import { explain } from './inputs.ts'
import { endProcessesWith } from './leftovers.ts'
import { connectNix } from './nix-host.ts'
import { realise } from './realise.ts'
import { contextOf, type NixSourceOptions } from './source.ts'

/**
 * Builds the interactive driver of a check.
 * @returns path of its program @throws UserError when the check has none, and when Nix cannot build it
 */
export async function buildInteractiveDriver(
  options: NixSourceOptions,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const host = await connectNix(options.config.nix.options)
  const { set, memoryMiB } = await contextOf(async () => host, options)
  options.note(`evaluating the interactive driver of ${name}`)
  const evaluation = await evaluateInteractiveDriver(host, set, name, { memoryMiB, signal })
  if (evaluation.type === 'aborted') throw interrupted()
  if (evaluation.type === 'failed') throw broken(evaluation.error.message, evaluation.error.details)
  const derivation = evaluation.value
  options.note('building it')
  const realised = await realise(host.nix, [derivation], { signal, timeoutSeconds: null, watched: null })
  if (signal.aborted) throw interrupted()
  if (realised.exit.code !== 0) {
    const { end, details } = explain(realised, derivation)
    throw broken('message' in end ? end.message : 'it was not built', details)
  }
  const output = readDerivationFile(derivation, host.storeRoot).outputs.out
  if (!output) throw broken('the interactive driver has no output out', [])
  return join(`${host.storeRoot}${output}`, 'bin/nixos-test-driver')
}

/** Hands the terminal over to it until it ends; nothing that it started is left then. */
export async function useInteractiveDriver(program: string, accel: AcceleratorChoice): Promise<ChildExit> {
  const scratch = mkdtempSync(join(tmpdir(), 'vmproof-'))
  const id = randomUUID()
  try {
    return await runInForeground(program, ['-o', scratch], {
      cwd: scratch,
      env: driverEnvironment({ scratch, id, accel }),
    })
  } finally {
    await endProcessesWith(mark, id)
    rmSync(scratch, { recursive: true, force: true })
  }
}

function broken(message: string, details: string[]): UserError {
  return new UserError(message, details, exitCodes.infrastructure)
}

function interrupted(): UserError {
  return new UserError('interrupted', [], exitCodes.interrupted)
}
