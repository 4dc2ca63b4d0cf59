import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunReport } from '../model/report.ts'
import { emptyRun, foldRunEvent, toRunReport } from '../state/reduce.ts'
import { journalName, readJournal } from './journal.ts'
import { listRuns } from './run-folder.ts'

/** Older runs say little about today's durations, and each costs reading time before anything starts. */
const newestRuns = 10

/** Larger reports are passed over: ordering a queue is not worth reading them. */
const largestReport = 32 * 1024 * 1024

/**
 * How long instances took when they last really ran, by instance id (`check`, `check@profile`), in seconds.
 * Read from the run.json files of the newest runs; a run that was cut off has none.
 */
export function readDurations(out: string): Map<string, number> {
  const durations = new Map<string, number>()
  for (const id of listRuns(out).slice(0, newestRuns)) {
    for (const check of readReport(join(out, id, 'run.json'))?.checks ?? []) {
      const instance = check.profile ? `${check.name}@${check.profile}` : check.name
      if (!instance || check.seconds === null || check.execution !== 'executed') continue
      if (!durations.has(instance)) durations.set(instance, check.seconds)
    }
  }
  return durations
}

/** The newest run's report, from its journal where it was cut off before it wrote one; null without any run. */
export async function readNewestReport(out: string): Promise<RunReport | null> {
  const id = listRuns(out)[0]
  if (id === undefined) return null
  return readReport(join(out, id, 'run.json')) ?? (await rebuild(join(out, id, journalName)))
}

/** @throws UserError when the journal cannot be read */
async function rebuild(journal: string): Promise<RunReport> {
  const state = emptyRun()
  for await (const event of readJournal(resolve(journal))) foldRunEvent(state, event)
  return toRunReport(state)
}

function readReport(path: string): RunReport | null {
  try {
    if (statSync(path).size > largestReport) return null
    const value = JSON.parse(readFileSync(path, 'utf8')) as RunReport
    return value.schema === 1 && Array.isArray(value.checks) ? value : null
  } catch {
    return null
  }
}
