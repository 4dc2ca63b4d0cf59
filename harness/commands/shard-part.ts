import { wordsFor } from '../filesystem/errors.ts'
import { keptDurations } from '../filesystem/kept-durations.ts'
import { exitCodes } from '../model/exit-code.ts'
import type { ShardInfo } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { instanceId, type SelectedInstance } from '../plan/profiles.ts'
import { inShard, type Shard } from '../plan/shard.ts'
import { people } from './people.ts'
import { shownPath } from './shown-path.ts'

/** What a part is cut out of. */
export interface PartContext {
  /** In seconds, by instance id. */
  durations: ReadonlyMap<string, number>
  historyFolder: string
  /** Nothing is written for a plan that is only shown. */
  dryRun: boolean
}

/** A part of what was selected. */
export interface Part {
  selected: SelectedInstance[]
  /** null: it is the whole. */
  shard: ShardInfo | null
}

/** The part of a selection that `--shard` asks for. @throws UserError when nothing is left for it */
export function partOf(selected: SelectedInstance[], shard: Shard | null, context: PartContext): Part {
  if (!shard) return { selected, shard: null }
  const durations = durationsFor(selected, shard, context)
  const part = inShard(selected, shard, {
    name: idOf,
    seconds: (one) => durations.get(idOf(one)) ?? null,
  })
  if (part.length === 0) throw nothingLeft(shard, selected.length)
  const elsewhere = selected
    .filter((one) => !part.includes(one))
    .map(({ check: { name, kind }, profile }) => ({ name, kind, profile: profile?.name ?? null }))
  return { selected: part, shard: { ...shard, elsewhere } }
}

function idOf({ check, profile }: SelectedInstance): string {
  return instanceId(check.name, profile)
}

/** A history that cannot be written to does not grow between two parts either. */
function durationsFor(
  selected: SelectedInstance[],
  { count }: Shard,
  { durations, historyFolder, dryRun }: PartContext,
): ReadonlyMap<string, number> {
  const whole = { instances: selected.map(idOf), count, pipeline: pipelineIn(process.env) }
  try {
    return keptDurations(historyFolder, whole, durations, { now: new Date(), readOnly: dryRun })
  } catch (error) {
    people(false).warn(
      `${shownPath(historyFolder)}: cannot keep there how the shards are cut, ${wordsFor(error)}`,
    )
    return durations
  }
}

/** A job that is started again belongs to the same pipeline. */
function pipelineIn({ CI_PIPELINE_ID, GITHUB_RUN_ID }: NodeJS.ProcessEnv): string | null {
  return CI_PIPELINE_ID || GITHUB_RUN_ID || null
}

function nothingLeft({ index, count }: Shard, all: number): UserError {
  return new UserError(
    `--shard ${index}/${count}: nothing is left for this part of what was selected (${all})`,
    [],
    exitCodes.nothingMatched,
  )
}
