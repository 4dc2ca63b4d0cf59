import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunReport } from '../model/report.ts'
import { toFinalReport } from '../state/reduce.ts'
import { readRun } from './read-run.ts'
import { listRuns } from './run-folder.ts'

/** Larger reports are passed over: what failed last is not worth reading them. */
const largestReport = 32 * 1024 * 1024

/** The newest run's report, from its journal where it was cut off before it wrote one; null without any run. */
export async function readNewestReport(out: string): Promise<RunReport | null> {
  const id = listRuns(out)[0]
  return id === undefined ? null : readRunReport(resolve(out, id))
}

/** A run's report, from its journal where there is none, or a large one. @param folder of the run @throws UserError */
export async function readRunReport(folder: string): Promise<RunReport> {
  return readReport(join(folder, 'run.json')) ?? toFinalReport(await readRun(folder))
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
