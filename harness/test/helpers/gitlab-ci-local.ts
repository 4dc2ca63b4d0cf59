import { execFile, execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findOnPath } from '../../process/find-program.ts'

const program = createRequire(import.meta.url).resolve('gitlab-ci-local')
const preload = join(dirname(fileURLToPath(import.meta.url)), 'set-union.mjs')

/** As in a job of GitLab, but for what guests and packages are made of: it is fetched once for all tests, and for the user. */
const usual = {
  // It says `false` itself.
  GITLAB_CI: 'true',
  XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  XDG_DATA_HOME: process.env.XDG_DATA_HOME || join(homedir(), '.local/share'),
  npm_config_cache: process.env.npm_config_cache || join(homedir(), '.npm'),
}

/** A job of a pipeline. */
interface LocalJob {
  name: string
  stage: string
  when: string
}

/** A pipeline of GitLab as gitlab-ci-local runs it: its YAML against GitLab's schema, its jobs in real shells. */
export interface LocalGitlab {
  /** Jobs that this pipeline has. @param variables as the pipeline was started with */
  list(file: string, variables?: Record<string, string>): LocalJob[]
  /** Runs jobs, all without names; each in a folder of its own with what git knows, and hands artifacts on. */
  run(
    file: string,
    jobs?: string[],
    variables?: Record<string, string>,
  ): Promise<{ code: number; log: string }>
  /** Folder of the artifacts that a job left. */
  artifacts(job: string): string
}

/** @param folder a git work tree; what is not committed does not count */
export function gitlabIn(folder: string): LocalGitlab {
  if (findOnPath('rsync') === null) throw new Error('gitlab-ci-local needs rsync: sudo apt-get install rsync')
  const command = (file: string, variables: Record<string, string>, words: string[]) => [
    ...['--import', preload, program, '--file', file, '--color=false'],
    ...Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
    ...words,
  ]
  const env = { ...process.env, NO_COLOR: '1' }
  return {
    list(file, variables = {}) {
      const text = execFileSync(process.execPath, command(file, variables, ['--list-json']), {
        encoding: 'utf8',
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const jobs: LocalJob[] = JSON.parse(text.slice(text.indexOf('[')))
      return jobs.filter(({ when }) => when !== 'never')
    },
    run(file, jobs = [], variables = {}) {
      const all = { ...usual, ...variables }
      const args = command(file, all, ['--force-shell-executor', '--shell-isolation', ...jobs])
      return new Promise((resolve) => {
        execFile(
          process.execPath,
          args,
          { cwd: folder, env, maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' },
          (error, out, said) => resolve({ code: error ? Number(error.code ?? 1) : 0, log: `${out}${said}` }),
        )
      })
    },
    artifacts: (job) => join(folder, '.gitlab-ci-local/artifacts', job.replace(/[^\w-]/g, encoded)),
  }
}

/** As it names folders: characters that a path cannot have in base64. */
function encoded(character: string): string {
  return Buffer.from(character).toString('base64url')
}

/** Makes a folder a git work tree that knows all its files. */
export function commitAll(folder: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
      cwd: folder,
    })
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-q', '-m', 'all')
}
