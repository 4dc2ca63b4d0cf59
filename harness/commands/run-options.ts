import type { CheckKind } from '../model/outcome.ts'
import { parseDuration, parseMemory } from '../model/units.ts'
import { UserError } from '../model/user-error.ts'
import type { BudgetWishes } from '../plan/budget.ts'
import { parseShard, type Shard } from '../plan/shard.ts'
import { type ReportKind, reportKinds } from '../reporters/report-kinds.ts'
import type { RunArguments } from './arguments.ts'

/** Options of `run` whose text had to be understood first. */
export interface RunOptions {
  budget: BudgetWishes
  timeoutSeconds: number | null
  retries: number
  shard: Shard | null
  reports: ReportKind[]
}

/** @throws UserError naming the option, before anything is done */
export function readRunOptions(args: RunArguments): RunOptions {
  return {
    budget: {
      jobs: wholeNumber(args.jobs, '--jobs', 1),
      cores: wholeNumber(args.cores, '--cores', 1),
      memoryMiB: args.memory === undefined ? null : parseMemory(args.memory, '--memory'),
    },
    timeoutSeconds: args.timeout === undefined ? null : parseDuration(args.timeout, '--timeout'),
    retries: wholeNumber(args.retries, '--retries', 0) ?? 0,
    shard: args.shard === undefined ? null : parseShard(args.shard),
    reports: reportKinds(args.report),
  }
}

/** @returns one line about options that change nothing for checks of these kinds; null when there are none */
export function idleOptions(
  { via, cached, force }: Pick<RunArguments, 'via' | 'cached' | 'force'>,
  kinds: CheckKind[],
): string | null {
  if (kinds.includes('nixos')) return null
  const given = [
    ...(via === 'build' ? [] : [`--via ${via}`]),
    ...(cached === 'report' ? [] : [`--cached ${cached}`]),
    ...(force ? [] : ['--no-force']),
  ]
  return given.length === 0
    ? null
    : `${given.join(', ')}: changes nothing, all selected checks are of kind vm`
}

/** @throws UserError naming the option */
export function wholeNumber(value: number | undefined, option: string, least: number): number | null {
  if (value === undefined) return null
  if (Number.isInteger(value) && value >= least) return value
  throw new UserError(`${option}: not a number it can be`, [`give a whole number, ${least} or more`])
}
