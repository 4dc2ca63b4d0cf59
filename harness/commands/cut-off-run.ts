import { dirname, join } from 'node:path'
import { wordsFor } from '../filesystem/errors.ts'
import { journalName } from '../filesystem/journal.ts'
import { hasHead, readRun } from '../filesystem/read-run.ts'
import { findRun, type RunFolder } from '../filesystem/run-folder.ts'
import { lockRun, type RunLock } from '../filesystem/run-lock.ts'
import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import type { RunState } from '../state/reduce.ts'
import type { GivenRunArguments } from './arguments.ts'
import { parseCommandLine } from './command-line.ts'
import { shownPath } from './shown-path.ts'

/** A run that goes on. */
export interface CutOffRun {
  folder: RunFolder
  /** Nobody else writes there. */
  lock: RunLock
  /** What its journal tells. */
  state: RunState
  /** Its own command line, with what is given now over it. */
  given: GivenRunArguments
}

/** Options that say what a run is about; that cannot change on the way. */
const fixed = [
  ...(['shard', 'kind', 'profile', 'lastFailed'] as const),
  ...(['profiles', 'against', 'find', 'repeat', 'points'] as const),
]

/**
 * @param given with the run to resume @param out folder of all runs
 * @throws UserError when there is no such run, when it still goes on, and when its journal does not tell what it was
 */
export async function openCutOffRun(given: GivenRunArguments, out: string): Promise<CutOffRun> {
  refuseSelection(given)
  const folder = findRun(out, given.resume ?? '')
  const lock = lockedRun(folder)
  try {
    const state = await readRun(folder.path)
    if (!hasHead(state)) {
      throw new UserError(`${shownPath(join(folder.path, journalName))}: does not tell what was to be run`, [
        'its head is lost; report shows what it measured, a new run does the rest',
      ])
    }
    const earlier = [state.run.command, ...(state.run.resumptions ?? []).map(({ command }) => command)]
    const lines = await Promise.all(earlier.map(parsed))
    return { folder, lock, state, given: { ...laidOver([...lines, given]), out: dirname(folder.path) } }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** What goes on is written into its folder. @throws UserError */
function lockedRun(folder: RunFolder): RunLock {
  try {
    return lockRun(folder)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(
      `${shownPath(folder.path)}: cannot go on there, ${wordsFor(error)}`,
      ['a copy of the folder can be resumed elsewhere: --resume FOLDER'],
      exitCodes.infrastructure,
    )
  }
}

/** It ended by itself: nothing is left to do, whatever it came to. */
export function isComplete({ run }: RunState): boolean {
  return run.endedAt !== null && !run.interrupted
}

function refuseSelection(given: GivenRunArguments): void {
  const names = [...(given.checks ?? []), ...given._.slice(1)]
  const tags = [...(given.tag ?? []), ...(given.notTag ?? [])]
  if (names.length === 0 && tags.length === 0 && fixed.every((name) => given[name] === undefined)) return
  throw new UserError('--resume: goes on with what the run was about, and with nothing else', [
    'leave out names, tags, and the options that say what it was about, such as --kind, --profile or --shard',
  ])
}

/** `['vmproof', 'run', '--jobs', '2']` */
async function parsed([, ...words]: string[]): Promise<GivenRunArguments> {
  const called = await parseCommandLine(words)
  return called?.args ?? { _: [] }
}

/** Later lines win, but what the run is about was said in the first one. Setting the host up is asked for each time. */
function laidOver(lines: GivenRunArguments[]): GivenRunArguments {
  const [first = { _: [] }, ...later] = lines
  const { setup: _, ...over } = Object.assign({}, ...later.map(withoutEmpty)) as GivenRunArguments
  const { _: words, checks = [], tag = [], notTag = [] } = first
  const setup = lines.at(-1)?.setup ?? false
  return { ...first, ...over, _: words, checks, tag, notTag, setup, lastFailed: false }
}

/** yargs makes an empty list of an option that was not given. */
function withoutEmpty(line: GivenRunArguments): Partial<GivenRunArguments> {
  const entries = Object.entries(line)
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  )
}
