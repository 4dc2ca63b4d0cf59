import { shellWord } from '../model/shell-word.ts'
import type { PipelineJob } from './jobs.ts'

/** What decides over a pipeline beside its jobs. */
export interface PipelineOptions {
  /** How a shell starts vmproof in a job, such as `npx vmproof`; goes into scripts as it is. */
  program: string
  /** Options of `run` that each job gets, as words: where checks come from, limits, retries. */
  runOptions: string[]
  /** Container image of the jobs; null: whatever the runner has. */
  image: string | null
  /** Shell lines before each job's own; null: what the program and the image need. */
  before: string[] | null
  /** Folder of all runs, relative to the project's. */
  out: string
}

/** A pipeline as text, and remarks about it for people, one line each. */
export interface RenderedPipeline {
  text: string
  remarks: string[]
}

/** The shell line of a job. Its names are quoted, so that a shell takes them as they are. */
export function jobCommand(
  { checks, kinds, profile, accelerator, nightly }: PipelineJob,
  { program, runOptions, out }: PipelineOptions,
): string {
  const [kind, ...otherKinds] = kinds
  const words = [
    nightly ? 'sweep' : 'run',
    ...runOptions,
    // The other kind may need what this runner does not have.
    ...(kind && otherKinds.length === 0 ? ['--kind', kind] : []),
    ...(accelerator === 'kvm' || accelerator === 'tcg' ? ['--accel', accelerator] : []),
    ...(profile === null ? [] : [nightly ? '--profiles' : '--profile', profile]),
    ...['--out', out],
    ...(checks.some((name) => name.startsWith('-')) ? ['--'] : []),
    ...checks,
  ]
  return [program, ...words.map(inertWord)].join(' ')
}

/**
 * One word of a shell that CI systems do not take for a template either: an empty pair of quotes keeps `$` away from
 * `{`, `[` and `(`, and `{` from `{`, which means nothing to the shell.
 */
export function inertWord(text: string): string {
  return shellWord(text).replace(/[$%{](?=[{[(])/g, "$&''")
}

/** Sets up, evaluates and builds what the checks need before their own limits begin; in seconds. */
export function marginSeconds({ needs }: PipelineJob): number {
  return needs.nix ? 3600 : 600
}
