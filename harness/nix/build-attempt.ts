import type { Execution } from '../model/outcome.ts'
import type { AttemptEnd, AttemptObserver, AttemptRequest, AttemptResult } from '../run/ports.ts'
import { type DerivationFile, readDerivationFile } from './derivation-file.ts'
import { endOf } from './ending.ts'
import { optionsFor, whyNotHere } from './fitness.ts'
import { explain, lastLines, realiseInputs } from './inputs.ts'
import type { NixCommand } from './nix-command.ts'
import type { NixHost } from './nix-host.ts'
import { type Realised, realise } from './realise.ts'

/** The first may only tell that there is no output. Another Nix may build or collect it between two rounds. */
const maxRounds = 4

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
  observer.stage('realising-inputs')
  const failure = await realiseInputs(nix, file, signal)
  if (failure) return without(failure.end, failure.details)
  observer.stage('building')
  const realised = await execute({ nix, file, request, observer, signal })
  return resultOf(realised, file)
}

interface BuildJob {
  nix: NixCommand
  file: DerivationFile
  request: AttemptRequest
  observer: AttemptObserver
  signal: AbortSignal
}

/**
 * A valid output is rebuilt, a missing one built without asking a binary cache. Which of them it is, the order
 * itself tells: without an output to compare with, Nix refuses to rebuild before it does anything else. Where the
 * output's path is unknown until it is built, the order to build tells. Goes round again when Nix did neither:
 * there was none, or somebody else was quicker.
 */
async function execute(execution: BuildJob): Promise<Realised> {
  const { nix, file, request, observer, signal } = execution
  const outputs = Object.values(file.outputs).filter((path): path is string => path !== null)
  const isKnown = outputs.length === Object.keys(file.outputs).length
  const run = (args: string[]) =>
    realise(nix, [file.path, ...args], {
      signal,
      timeoutSeconds: request.timeoutSeconds,
      watched: { derivation: file.path, outputs },
      onLog: (line) => observer.log(Buffer.from(`${line}\n`)),
      onStarted: () => observer.stage('running'),
      onWaiting: () => observer.stage('waiting-for-lock'),
    })
  if (!request.force) return run([])
  let isValid = isKnown
  for (let round = 1; ; round++) {
    const realised = await run(isValid ? ['--check', ...withoutSubstitution] : withoutSubstitution)
    if (realised.build || realised.stopped || round === maxRounds) return realised
    const wasThere = realised.exit.code === 0
    const isThere = wasThere || (isKnown && (await isStillThere(realised, outputs, execution)))
    if (!wasThere && isThere === isValid) return realised
    isValid = isThere
  }
}

/** After a failure without a build: Nix's own words, and where they say something else, the store. */
async function isStillThere(
  { failures }: Realised,
  outputs: string[],
  { nix, signal }: BuildJob,
): Promise<boolean> {
  if (failures.some(({ type }) => type === 'notCheckable')) return false
  return areValid(nix, outputs, signal)
}

async function areValid(nix: NixCommand, outputs: string[], signal: AbortSignal): Promise<boolean> {
  const run = await nix.run('nix-store', ['--check-validity', ...outputs], { signal })
  return run.ok
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
    notes: build?.machine ? [`built on ${build.machine}`] : [],
    details: explained.details,
  }
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
