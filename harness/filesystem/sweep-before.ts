import { closeSync, openSync, readSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compareText } from '../model/compare-text.ts'
import type { RunInfo, RunReport } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { journalName } from './journal.ts'
import { readRunReport } from './newest-report.ts'
import { findRun, listRuns } from './run-folder.ts'

/** A journal's first line is far shorter. */
const longestHead = 256 * 1024

/**
 * The sweep that another one is compared with: the one that was named, else the newest one before it.
 * @returns null when there is none @throws UserError when the journal of the named one cannot be read
 */
export async function readSweepBefore(
  out: string,
  run: Pick<RunInfo, 'id' | 'mergedFrom' | 'sweep'>,
): Promise<RunReport | null> {
  const against = run.sweep?.type === 'profiles' ? run.sweep.against : null
  if (against !== null) return readRunReport(findRun(out, against).path)
  // Ids sort by time.
  const own = (run.mergedFrom ?? [run.id]).toSorted(compareText)[0] ?? run.id
  const before = listRuns(out).find((id) => id < own && isSweep(join(out, id)))
  return before === undefined ? null : readRunReport(resolve(out, before))
}

/**
 * Finds the run that `--against` names.
 * @returns what to call it in a journal: its id, or its absolute path when it is not below `out`
 * @throws UserError when there is no such run, and when it was no sweep
 */
export function findSweep(out: string, run: string): string {
  const { id, path } = findRun(out, run)
  if (!isSweep(path)) {
    throw new UserError(`--against ${run}: that run was no sweep of profiles`, [
      'leave it out to compare with the newest sweep',
    ])
  }
  return resolve(out, id) === path || run === 'latest' ? id : path
}

/** Whether a run's journal begins as that of checks × profiles does. */
function isSweep(folder: string): boolean {
  try {
    const event = JSON.parse(firstLine(join(folder, journalName))) as { run?: Partial<RunInfo> }
    return event.run?.sweep?.type === 'profiles'
  } catch {
    return false
  }
}

function firstLine(path: string): string {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(longestHead)
    const text = head.subarray(0, readSync(file, head, 0, head.length, 0)).toString('utf8')
    return text.slice(0, text.indexOf('\n'))
  } finally {
    closeSync(file)
  }
}
