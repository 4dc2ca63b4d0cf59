import { join } from 'node:path'
import { attemptPaths } from '../filesystem/attempt-paths.ts'
import { wordsFor } from '../filesystem/errors.ts'
import type { RunReport } from '../model/report.ts'
import type { JunitGranularity } from '../model/run-defaults.ts'
import { writeAtomically } from '../process/atomic-file.ts'
import type { JunitOptions } from '../reporters/junit.ts'
import { reportFiles } from '../reporters/report-files.ts'
import { type ReportKind, reportNames } from '../reporters/report-kinds.ts'
import { formatSummary } from '../reporters/summary.ts'
import type { Verbosity } from '../reporters/verbosity.ts'
import type { People } from './people.ts'
import { programName } from './program.ts'
import { shownPath } from './shown-path.ts'

/** Where the reports of a run go. */
export interface Publication {
  /** Folder of the run. */
  folder: string
  kinds: ReportKind[]
  historyFolder: string
  junitGranularity: JunitGranularity
}

/** What became of the files. */
export interface Published {
  /** Names in the run's folder. */
  written: string[]
  /** One line for each that could not be written. */
  problems: string[]
  /** What people must be told of files that were written, a line each. */
  remarks: string[]
}

/**
 * Writes the reports of a run, the same for one that just ended and for its journal read again. One that cannot be
 * written does not take the others with it; the largest comes last.
 */
export async function publishReports(report: RunReport, publication: Publication): Promise<Published> {
  const { folder, kinds } = publication
  const published: Published = { written: [], problems: [], remarks: [] }
  for (const { name, content, remarks = [] } of reportFiles(report, kinds, junitOptions(publication))) {
    await attempted(name, folder, published, async (path) => writeAtomically(path, content))
    published.remarks.push(...remarks.map((remark) => `${name}: ${remark}`))
  }
  if (kinds.includes('html')) {
    await attempted(reportNames.html, folder, published, async (path) => {
      // Loaded only here: most commands write no page.
      const { writeHtml } = await import('./html-report.ts')
      await writeHtml(path, report, publication)
    })
  }
  return published
}

/** How JUnit is written in this place. @param folder of the run */
export function junitOptions(publication: Pick<Publication, 'folder' | 'junitGranularity'>): JunitOptions {
  const { folder, junitGranularity } = publication
  return { granularity: junitGranularity, paths: attemptPaths(folder, process.env.CI_PROJECT_DIR || null) }
}

async function attempted(
  name: string,
  folder: string,
  { written, problems }: Published,
  write: (path: string) => Promise<void>,
): Promise<void> {
  const path = join(folder, name)
  try {
    await write(path)
    written.push(name)
  } catch (error) {
    problems.push(`cannot write ${shownPath(path)}: ${wordsFor(error)}`)
  }
}

/** What is told of a run beside its report. */
interface Told {
  folder: string
  /** Names of the reports in it. */
  written: string[]
  verbosity: Verbosity
  /** No run was begun after it. */
  isNewest: boolean
}

/** Tells people how the run went and where its reports are. */
export function printSummary(
  report: RunReport,
  { folder, written, verbosity, isNewest }: Told,
  people: People,
): void {
  people.write(
    formatSummary(report, {
      color: people.color,
      width: people.width(),
      folder: shownPath(folder),
      reports: written,
      program: programName(),
      verbosity,
      isNewest,
      link: people.link,
    }),
  )
}
