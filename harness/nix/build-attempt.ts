import { existsSync } from 'node:fs'
import type { AttemptEnd } from '../model/attempt-end.ts'
import type { Execution } from '../model/outcome.ts'
import type { AttemptObserver, AttemptRequest, AttemptResult } from '../run/ports.ts'
import { type DerivationFile, readDerivationFile } from './derivation-file.ts'
import { endOf } from './ending.ts'
import { optionsFor, whyNotHere } from './fitness.ts'
import { explain, lastLines, realiseInputs } from './inputs.ts'
import type { NixCommand } from './nix-command.ts'
import type { NixHost } from './nix-host.ts'
import { type Realised, realise } from './realise.ts'

/** Another Nix may build or collect the output between two rounds; more often is no chance. */
const maxRounds = 3

const withoutSubstitution = ['--option', 'substitute', 'false']

/** Executes a derivation in the Nix sandbox, whatever the store holds, or takes what there is when not forced. */
export async function attemptBuild(
  host: NixHost,
  request: AttemptRequest,
  observer: AttemptObserver,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const derivation = request.instance.metadata?.derivation
  if (!derivation) return without({ type: 'broken', kind: 'evaluation', message: 'it was not evaluated' })
  const file = fileOf(derivation.path, host.storeRoot)
  if (!file)
    return without({ type: 'broken', kind: 'build', message: `${derivation.path} is not in the store` })
  const refusal = whyNotHere(host, file, request.accel)
  if (refusal) return without({ type: 'broken', kind: 'host', message: refusal })
  const nix = host.nix.withOptions(optionsFor(host, request.accel))
  const job = { nix, file, request, observer, signal }
  observer.stage('realising-inputs')
  if (request.force && outputsOf(file).every((path) => path && existsSync(`${host.storeRoot}${path}`))) {
    const rebuilt = await run(job, ['--check'])
    if (!hadNothingToCompare(rebuilt)) return resultOf(rebuilt, file)
  }
  const failure = await realiseInputs(nix, file, signal)
  if (failure) return without(failure.end, failure.details)
  observer.stage('building')
  return resultOf(request.force ? await execute(job) : await run(job, []), file)
}

interface BuildJob {
  nix: NixCommand
  file: DerivationFile
  request: AttemptRequest
  observer: AttemptObserver
  signal: AbortSignal
}

/** With `--check` Nix realises what is missing of the inputs itself, from binary caches too. */
function run({ nix, file, request, observer, signal }: BuildJob, args: string[]): Promise<Realised> {
  return realise(nix, [file.path, ...args], {
    signal,
    timeoutSeconds: request.timeoutSeconds,
    watched: { derivation: file.path, outputs: outputsOf(file).filter((path) => path !== null) },
    onLog: (line) => observer.log(Buffer.from(`${line}\n`)),
    onStarted: () => observer.stage('running'),
    onWaiting: () => observer.stage('waiting-for-lock'),
  })
}

/**
 * Builds without asking a binary cache; when Nix then had nothing to do, there was an output, and it is rebuilt.
 * Goes round again when Nix did neither: somebody else was quicker.
 */
async function execute(job: BuildJob): Promise<Realised> {
  let isThere = false
  for (let round = 1; ; round++) {
    const realised = await run(job, isThere ? ['--check', ...withoutSubstitution] : withoutSubstitution)
    const wasThere = realised.exit.code === 0
    const isOver = realised.build || realised.stopped || !(wasThere || hadNothingToCompare(realised))
    if (isOver || round === maxRounds) return realised
    isThere = wasThere
  }
}

function hadNothingToCompare({ failures }: Realised): boolean {
  return failures.some(({ type }) => type === 'notCheckable')
}

/** Paths; null where it is unknown until it is built. */
function outputsOf(file: DerivationFile): (string | null)[] {
  return Object.values(file.outputs)
}

function resultOf(realised: Realised, file: DerivationFile): AttemptResult {
  const { build } = realised
  const execution = executionOf(realised)
  const end = endOf(realised, file.path)
  const inputFailed = !build && end.type === 'broken' && end.kind === 'build'
  const explained = inputFailed
    ? explain(realised, file.path)
    : { end, details: detailsOf(end, realised, file) }
  return {
    execution,
    end: explained.end,
    seconds: build ? build.seconds : null,
    notes: notesOf(realised, file.path),
    details: explained.details,
  }
}

function notesOf({ build, cutLines }: Realised, derivation: string): string[] {
  return [
    ...(build?.machine ? [`built on ${build.machine}`] : []),
    ...(cutLines > 0
      ? [`a line of its log is too long and cut; all of it: nix-store --read-log ${derivation}`]
      : []),
  ]
}

/** What a person reads next: Nix's words about what broke, or the end of the log of a builder that failed. */
function detailsOf(end: AttemptEnd, realised: Realised, file: DerivationFile): string[] {
  if (end.type === 'broken') return realised.words.slice(-20)
  return end.type === 'builder-failed' ? lastLines(realised, file.path) : []
}

function executionOf({ build, substituted, exit }: Realised): Execution {
  if (build) return 'executed'
  if (substituted) return 'substituted'
  return exit.code === 0 ? 'cached' : 'unknown'
}

function fileOf(path: string, storeRoot: string): DerivationFile | null {
  try {
    return readDerivationFile(path, storeRoot)
  } catch {
    return null
  }
}

/** It never came to an execution. */
export function without(end: AttemptEnd, details: string[] = []): AttemptResult {
  return { execution: 'unknown', end, seconds: null, notes: [], details }
}
