import { join } from 'node:path'
import { writeAtomically } from '../filesystem/atomic-file.ts'
import { wordsFor } from '../filesystem/errors.ts'
import type { RunReport } from '../model/report.ts'
import { type ReportFile, reportFiles } from '../reporters/report-files.ts'
import type { ReportKind } from '../reporters/report-kinds.ts'
import { formatSummary } from '../reporters/summary.ts'
import type { People } from './people.ts'
import { programName } from './program.ts'
import { shownPath } from './shown-path.ts'

/** Where the reports of a run go. */
export interface Publication {
  /** Folder of the run. */
  folder: string
  kinds: ReportKind[]
}

/** What became of the files. */
export interface Published {
  /** Names in the run's folder. */
  written: string[]
  /** One line for each that could not be written. */
  problems: string[]
}

/** Writes the reports of a run, the same for one that just ended and for its journal read again. */
export function publishReports(report: RunReport, { folder, kinds }: Publication): Published {
  const published: Published = { written: [], problems: [] }
  for (const file of reportFiles(report, kinds)) write(file, folder, published)
  return published
}

function write({ name, content }: ReportFile, folder: string, { written, problems }: Published): void {
  const path = join(folder, name)
  try {
    writeAtomically(path, content)
    written.push(name)
  } catch (error) {
    problems.push(`cannot write ${shownPath(path)}: ${wordsFor(error)}`)
  }
}

/** Tells people how the run went and where its reports are. */
export function printSummary(
  report: RunReport,
  { folder, written }: { folder: string; written: string[] },
  people: People,
): void {
  people.write(
    formatSummary(report, {
      color: people.color,
      width: people.width(),
      folder: shownPath(folder),
      reports: written,
      program: programName(),
    }),
  )
}
