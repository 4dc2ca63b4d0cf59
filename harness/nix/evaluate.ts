import { condenseEvaluationError } from '../log/nix-evaluation.ts'
import type { NixMessage } from '../log/nix-json.ts'
import { recogniseFailure } from '../log/nix-messages.ts'
import { plainText } from '../log/nix-text.ts'
import type { EvaluationError } from '../model/check.ts'
import { formatMemory } from '../model/units.ts'
import { derivationMark, factsFunction, interactiveDriverFunction, type NixProfile } from './expressions.ts'
import { factsOfDerivation, parseFacts, type RawFacts } from './facts.ts'
import type { NixErrorText, NixRun } from './nix-command.ts'
import type { NixHost } from './nix-host.ts'
import { attributeOf, type CheckSet, evaluationOf } from './target.ts'

/** What one evaluation came to. `files` are those that Nix read outside of its store, where it tells. */
export type Evaluation<T> =
  | { type: 'evaluated'; value: T; files: string[] }
  | { type: 'failed'; error: EvaluationError }
  | { type: 'aborted' }

/** Bounds of an evaluation. */
export interface EvaluateOptions {
  /** What one evaluation may take; its address space is bounded with room to spare. */
  memoryMiB: number
  signal: AbortSignal
  /** That the check shall run under; default: none. */
  profile?: NixProfile | null
}

/** The names in a set of checks; none of them is evaluated. */
export async function evaluateNames(
  host: NixHost,
  set: CheckSet,
  options: EvaluateOptions,
): Promise<Evaluation<string[]>> {
  const { run, files } = await evaluateWith(host, set, 'builtins.attrNames', options)
  if (options.signal.aborted) return { type: 'aborted' }
  const names: unknown = run.ok ? JSON.parse(run.stdout) : null
  if (!Array.isArray(names)) return { type: 'failed', error: errorOf(run, options.memoryMiB) }
  return { type: 'evaluated', value: names.filter((one) => typeof one === 'string'), files }
}

/** The facts about one check, in a process of its own. */
export async function evaluateCheck(
  host: NixHost,
  set: CheckSet,
  name: string,
  options: EvaluateOptions,
): Promise<Evaluation<RawFacts>> {
  const { run, files, traced } = await evaluateWith(
    host,
    set,
    factsFunction(name, options.profile ?? null),
    options,
  )
  if (options.signal.aborted) return { type: 'aborted' }
  const facts = run.ok ? parseFacts(run.stdout) : null
  if (facts && 'derivation' in facts) return { type: 'evaluated', value: facts, files }
  if (facts) {
    const message = `${attributeOf(set, name)} is a ${facts.notDerivation}, not a derivation`
    return { type: 'failed', error: { message, details: [], isNotDerivation: true } }
  }
  if (traced) return { type: 'evaluated', value: factsOfDerivation(traced), files }
  return { type: 'failed', error: errorOf(run, options.memoryMiB) }
}

/** The derivation of a check's interactive driver; evaluated only when somebody wants to use it. */
export async function evaluateInteractiveDriver(
  host: NixHost,
  set: CheckSet,
  name: string,
  options: EvaluateOptions,
): Promise<Evaluation<string>> {
  const { run, files } = await evaluateWith(host, set, interactiveDriverFunction(name), options)
  if (options.signal.aborted) return { type: 'aborted' }
  const path: unknown = run.ok ? JSON.parse(run.stdout) : null
  if (typeof path === 'string') return { type: 'evaluated', value: path, files }
  if (!run.ok) return { type: 'failed', error: errorOf(run, options.memoryMiB) }
  const message = `${attributeOf(set, name)} offers no driverInteractive`
  return { type: 'failed', error: { message, details: ['tests of runNixOSTest do'] } }
}

async function evaluateWith(host: NixHost, set: CheckSet, nixFunction: string, options: EvaluateOptions) {
  const files: string[] = []
  let traced: string | null = null
  const onMessage = (message: NixMessage) => {
    if (message.type !== 'message') return
    const file = fileIn(message.text)
    if (file) files.push(file)
    traced ??= derivationIn(message.text)
  }
  const { tool, args } = evaluationOf(set, nixFunction)
  const memoryMiB = addressSpaceFor(options.memoryMiB)
  const run = await host.nix.run(tool, args, { signal: options.signal, memoryMiB, onMessage })
  return { run, files, traced: traced as string | null }
}

/** Stacks of threads, the heap's spare room and mapped files count as address space without being memory. */
function addressSpaceFor(memoryMiB: number): number {
  return Math.round(memoryMiB * 1.25) + 1024
}

// evaluating file '/home/me/project/default.nix'
function fileIn(text: string): string | null {
  const path = /^evaluating file '(\/.*)'$/.exec(plainText(text))?.[1]
  return path && !path.startsWith('/nix/store/') ? path : null
}

// trace: vmproof:derivation /nix/store/…-vm-test-run-x.drv
function derivationIn(text: string): string | null {
  const start = `trace: ${derivationMark}`
  return text.startsWith(start) ? text.slice(start.length).trim() : null
}

function errorOf(run: NixRun, memoryMiB: number): EvaluationError {
  const all = run.errors.map((error) => plainText(error.text))
  if (ranOutOfMemory(run)) {
    const message = `ran out of ${formatMemory(memoryMiB)} while evaluating`
    return { message, details: ['nix.evaluation-memory in vmproof.config.toml raises it', ...all.slice(-5)] }
  }
  const error = mainError(run.errors)
  if (error) return condenseEvaluationError(error.text, error.raw)
  return { message: `Nix ended with ${endOf(run)} and no word`, details: all.slice(-20) }
}

/** The last one that says `error:`; what comes without are remarks. */
function mainError(errors: NixErrorText[]): NixErrorText | null {
  const marked = errors.filter((error) => error.raw !== null || /^\s*error:/.test(plainText(error.text)))
  return marked.at(-1) ?? errors.at(-1) ?? null
}

/** The garbage collector aborts, or the kernel kills, and neither leaves an error of Nix. */
function ranOutOfMemory(run: NixRun): boolean {
  const said = run.errors.some((error) => recogniseFailure(error.text).type === 'outOfMemory')
  return said || run.exit.signal === 'SIGKILL' || run.exit.code === 137
}

function endOf({ exit }: NixRun): string {
  return exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`
}
