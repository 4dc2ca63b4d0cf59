import type { NixFailure } from '../log/nix-messages.ts'
import { plainText } from '../log/nix-text.ts'
import type { AttemptEnd } from '../model/attempt-end.ts'
import { type DerivationFile, derivationName } from './derivation-file.ts'
import { endOf } from './ending.ts'
import type { NixCommand } from './nix-command.ts'
import { type Realised, realise } from './realise.ts'

/** What stopped the inputs of a derivation from being there. */
export interface InputsFailure {
  end: AttemptEnd
  details: string[]
}

/** Builds or fetches all that a derivation is built from, so that it is no part of its time. */
export async function realiseInputs(
  nix: NixCommand,
  { inputs, path }: DerivationFile,
  signal: AbortSignal,
): Promise<InputsFailure | null> {
  if (inputs.length === 0) return null
  // nix-store's own syntax: one output each, in all versions.
  const args = inputs.flatMap((input) => input.outputs.map((output) => `${input.path}!${output}`))
  const realised = await realise(nix, args, { signal, timeoutSeconds: null, watched: null })
  if (realised.exit.code === 0 && realised.stopped === null) return null
  return explain(realised, path)
}

/** Names the input that failed, not the chain of those that needed it. */
export function explain(realised: Realised, derivation: string): InputsFailure {
  const culprit = realised.failures.find(isBuilderFailure)
  const end = endOf(realised, derivation)
  if (!culprit || end.type !== 'broken' || end.kind !== 'build') {
    return { end, details: realised.words.slice(-20) }
  }
  return {
    end: {
      type: 'broken',
      kind: 'build',
      message: `its input ${derivationName(culprit.derivation)} ${culprit.reason}`,
    },
    details: [...lastLines(realised, culprit.derivation), `nix log ${culprit.derivation}`],
  }
}

/** The end of a derivation's own log, plain. */
export function lastLines({ logTails }: Realised, derivation: string): string[] {
  return (logTails.get(derivation) ?? []).map(plainText)
}

function isBuilderFailure(failure: NixFailure): failure is Extract<NixFailure, { type: 'builderFailed' }> {
  return failure.type === 'builderFailed'
}
