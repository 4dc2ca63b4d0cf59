import { lastAttemptFolder } from '../filesystem/run-recorder.ts'
import type { ListedCheck } from '../model/check.ts'
import type { Profile } from '../model/profile.ts'
import type { SelectedName } from '../model/run-event.ts'
import { UserError } from '../model/user-error.ts'
import { instanceId, type SelectedInstance } from '../plan/profiles.ts'
import type { RetryPolicy } from '../plan/retry.ts'
import type { CheckPlace } from '../run/ports.ts'
import { doneItems, leftToDo, whatStands } from '../run/resume.ts'
import type { RunArguments } from './arguments.ts'
import type { CutOffRun } from './cut-off-run.ts'
import {
  demandCurrentQuarantine,
  durationsBefore,
  idOf,
  type SelectionContext,
  selectionOf,
  type Wanted,
} from './wanted.ts'

/** What decides over the rest of a run that was cut off. */
interface RestContext extends Pick<SelectionContext, 'config' | 'profiles'> {
  args: RunArguments
  retry: RetryPolicy
}

/** What is left of a run that was cut off. @throws UserError when a check of it is not there any more */
export async function findRest(
  source: CheckPlace,
  { state, folder }: Pick<CutOffRun, 'state' | 'folder'>,
  { args, retry, config, profiles }: RestContext,
): Promise<Wanted> {
  const before = whatStands(state, retry, (instance) => lastAttemptFolder(folder.path, instance))
  const open = leftToDo(state, before)
  const listed = open.length > 0 ? await source.list() : []
  const selected = open.flatMap((one) => foundAgain(one, listed, profiles) ?? [])
  if (selected.length < open.length) throw notThere(folder.id, open, selected)
  demandCurrentQuarantine(selected, config)
  return {
    selected,
    shard: null,
    remarks: [],
    durations: durationsBefore(args, config),
    notTags: selectionOf(args, config).notTags,
    before,
    done: doneItems(state, before, config.groups),
  }
}

/** @returns null when the check, or its profile, does not exist any more */
function foundAgain(
  { name, kind, profile, namedExplicitly }: SelectedName,
  listed: readonly ListedCheck[],
  profiles: readonly (Profile | null)[],
): SelectedInstance | null {
  const check = listed.find((one) => one.name === name && one.kind === kind)
  const conditions = profiles.find((one) => (one?.name ?? null) === profile)
  return check && conditions !== undefined ? { check, profile: conditions, namedExplicitly } : null
}

function notThere(run: string, open: SelectedName[], found: SelectedInstance[]): UserError {
  const ids = open.map(({ name, profile }) => instanceId(name, profile === null ? null : { name: profile }))
  const gone = ids.filter((id) => !found.some((one) => idOf(one) === id))
  return new UserError(`${run}: cannot go on, there is no ${gone.join(', ')} here any more`, [
    'resume it in the folder in which it was started',
    'or begin a new run without it; report shows what this one measured',
  ])
}
