import { posix } from 'node:path'
import type { AcceleratorChoice } from '../model/outcome.ts'
import { shellWord } from '../model/shell-word.ts'
import { wordFor } from '../plan/targets.ts'
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
  /** Shell lines that fetch the project's packages, by its lock file; none where the program needs none. */
  install: string[]
  /** Folder of all runs, relative to the project's. */
  out: string
  /** Of the project, relative to the repository's: where jobs work; empty when they are the same. */
  folder: string
  /** The history lies below the folder of all runs, and so nobody keeps it between pipelines but they themselves. */
  keepsHistory: boolean
  /** Every job asks for a runner with these tags. */
  tags: string[]
}

/** What decides over a workflow of GitHub beside that. */
export interface WorkflowOptions extends PipelineOptions {
  /** `--accel`, as it was asked for. */
  accel: AcceleratorChoice
  /** The configuration says which runners there are. */
  hasLabels: boolean
}

/** A pipeline as text, and remarks about it for people, one line each. */
export interface RenderedPipeline {
  text: string
  remarks: string[]
}

/** The shell line of a job. Its names are quoted, so that a shell takes them as they are. */
export function jobCommand(job: PipelineJob, options: PipelineOptions): string {
  return [options.program, ...jobWords(job, options).map(inertWord)].join(' ')
}

/** What stands behind the program in a job, word by word. */
export function jobWords(
  { checks, kinds, profile, accelerator, nightly }: PipelineJob,
  { runOptions, out }: Pick<PipelineOptions, 'runOptions' | 'out'>,
): string[] {
  const [kind, ...otherKinds] = kinds
  return [
    nightly ? 'sweep' : 'run',
    ...runOptions,
    // The other kind may need what this runner does not have.
    ...(kind && otherKinds.length === 0 ? ['--kind', kind] : []),
    ...(accelerator === 'kvm' || accelerator === 'tcg' ? ['--accel', accelerator] : []),
    ...(profile === null ? [] : [nightly ? '--profiles' : '--profile', profile]),
    ...['--out', out],
    ...(checks.some((name) => name.startsWith('-')) ? ['--'] : []),
    ...(nightly ? checks : checks.map(wordFor)),
  ]
}

/** What the report of all jobs must know of, as words for `--expect`. */
export function expectedWords(jobs: readonly PipelineJob[]): string[] {
  return jobs.flatMap(({ checks, profile }) =>
    checks.map((name) => (profile === null ? wordFor(name) : `${name}@${profile}`)),
  )
}

/** A path from the project's folder, as the repository calls it. */
export function inRepository({ folder }: Pick<PipelineOptions, 'folder'>, path: string): string {
  return path.startsWith('/') ? path : posix.join(folder, path)
}

/** A cache of the history: its folder, and its name, of its own for each project of a repository. */
export function historyCache(options: PipelineOptions): { name: string; path: string } {
  const project = options.folder.replace(/[^A-Za-z0-9]+/g, '-')
  return {
    name: ['vmproof-history', project].filter(Boolean).join('-'),
    path: inRepository(options, `${options.out}/history`),
  }
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
