import { readHistory } from '../filesystem/history-store.ts'
import { readSweepBefore } from '../filesystem/sweep-before.ts'
import type { RunInfo, RunReport } from '../model/report.ts'
import type { SweepReport } from '../model/sweep.ts'
import { UserError } from '../model/user-error.ts'
import { matrixReportOf } from '../sweep/matrix.ts'
import { searchReportOf } from '../sweep/search-result.ts'

/** Where the past of a sweep is, and who hears when it cannot be read. */
export interface PastPlaces {
  /** Folder of all runs. */
  out: string
  historyFolder: string
  warn(line: string): void
}

/** A report with what its sweep came to; one of a run that was no sweep stays as it is. */
export async function withSweep(report: RunReport, past: PastPlaces): Promise<RunReport> {
  const sweep = await sweepOf(report, past)
  return sweep ? { ...report, sweep } : report
}

async function sweepOf(report: RunReport, past: PastPlaces): Promise<SweepReport | null> {
  const { run, checks } = report
  switch (run.sweep?.type) {
    case 'search':
      return searchReportOf(report, run.sweep.question)
    case 'profiles': {
      const names = new Set(checks.map(({ name }) => name))
      const { records } = readHistory(past.historyFolder, (check) => names.has(check))
      return matrixReportOf(report, run.sweep.profiles, {
        before: await sweepBefore(run, past),
        history: records,
      })
    }
    default:
      // No sweep, or one of a kind that a newer version knows.
      return null
  }
}

/** What was measured now is reported, whatever became of earlier runs. */
async function sweepBefore(run: RunInfo, { out, warn }: PastPlaces): Promise<RunReport | null> {
  try {
    return await readSweepBefore(out, run)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    warn(`the sweep before cannot be read, no changes are told: ${error.message}`)
    return null
  }
}
