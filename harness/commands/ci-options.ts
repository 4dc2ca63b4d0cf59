import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type JobDivision, mostJobs } from '../ci/jobs.ts'
import type { PipelineOptions, WorkflowOptions } from '../ci/pipeline.ts'
import type { Config } from '../model/config.ts'
import { UserError } from '../model/user-error.ts'
import type { CiArguments, RunArguments } from './arguments.ts'
import { directProgramName } from './program.ts'
import { folderInRepository, foldersToRepository } from './repository.ts'
import { wholeNumber } from './run-options.ts'

const defaultShards = 4

/** What the command line says about how checks are divided into jobs; null: nothing. */
export interface WishedDivision {
  by: JobDivision | null
  shards: number
}

/** @throws UserError naming the option */
export function wishedDivision(
  { by, shards }: CiArguments,
  { groups }: Pick<Config, 'groups'>,
): WishedDivision {
  const count = wholeNumber(shards, '--shards', 1)
  if (by === 'group' && groups.length === 0) {
    throw new UserError('--by group: the configuration has no groups', ['write [groups.NAME] into it'])
  }
  if (count !== null && by !== undefined && by !== 'shard') {
    throw new UserError(`--shards and --by ${by}: do not go together`, ['leave one of them out'])
  }
  return { by: by ?? (count === null ? null : 'shard'), shards: count ?? defaultShards }
}

/** A job for each check, unless those are more than the CI system bears; then as many shards as it does. */
export function divisionWithin(
  { by, shards }: WishedDivision,
  checks: number,
  system: keyof typeof mostJobs,
): { by: JobDivision; shards: number; remark: string[] } {
  const most = mostJobs[system]
  if (by === 'shard' && shards > most) {
    throw new UserError(`--shards ${shards}: one pipeline bears ${most} jobs`, [`give at most ${most}`])
  }
  if (by === 'group' || by === 'shard' || checks <= most) return { by: by ?? 'check', shards, remark: [] }
  const remark = `${checks} checks in ${most} shards: one pipeline bears so many jobs (--shards N: fewer)`
  return { by: 'shard', shards: most, remark: [remark] }
}

/** @returns what a person must know of how jobs start vmproof, a line each */
export function programRemarks({ program: given }: CiArguments, { program }: PipelineOptions): string[] {
  const isOfThisMachine = given === undefined && /(?:^|[\s'])\//.test(program)
  return isOfThisMachine
    ? [`jobs start vmproof by a path of this machine, ${program}: --program names another way`]
    : []
}

/** Options of `run` that a job gets as they were given here; the rest is the configuration's, which it reads itself. */
const carried = ['flake', 'file', 'attr', 'system', 'suites', 'timeout', 'retries', 'retryOn', 'via'] as const

const optionOf: Record<(typeof carried)[number], string> = {
  flake: '--flake',
  file: '--file',
  attr: '--attr',
  system: '--system',
  suites: '--suites',
  timeout: '--timeout',
  retries: '--retries',
  retryOn: '--retry-on',
  via: '--via',
}

/** What the jobs of a pipeline have in common. */
export function pipelineOptions(
  given: CiArguments,
  { out, accel }: RunArguments,
  { labels, folder, history }: Pick<Config, 'labels' | 'folder' | 'history'>,
): WorkflowOptions {
  const { program = directProgramName(), image = null, before = null, section = [] } = given
  const options = carried.flatMap((name) => {
    const value = given[name]
    return value === undefined ? [] : [optionOf[name], String(value)]
  })
  const runOptions = [...section.flatMap((name) => ['--section', name]), ...options]
  const install = needsPackages.test(program) ? installLinesIn(folder) : []
  return {
    ...{ program, runOptions, image, before, install, accel, hasLabels: labels !== null, out },
    folder: folderInRepository(process.cwd()),
    keepsHistory: history === null,
    tags: labels?.all ?? [],
  }
}

/** Of programs that are found in the project's packages, or read them. */
const needsPackages = /^(?:node|npx|npm|pnpm|yarn)\s|^(?:\.\.\/)*node_modules\//

/** By the nearest lock file: that of a workspace lies above its packages. @param folder of the project */
function installLinesIn(folder: string): string[] {
  for (const place of foldersToRepository(folder)) {
    const has = (name: string) => existsSync(join(place, name))
    if (has('pnpm-lock.yaml')) return ['npx -y pnpm@12 install --frozen-lockfile']
    if (has('yarn.lock')) return ['corepack enable', 'yarn install --immutable']
    if (has('package-lock.json')) return ['npm ci']
  }
  return existsSync(join(folder, 'package.json')) ? ['npm install'] : []
}
