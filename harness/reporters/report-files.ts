import type { RunReport } from '../model/report.ts'
import { formatRunJson } from './json.ts'
import { formatJunit } from './junit.ts'
import { type FileKind, type ReportKind, reportNames } from './report-kinds.ts'
import { formatSweepJson } from './sweep-text.ts'

/** Of the files that are made of the report alone; the page has the logs in it. */
const formats = { junit: formatJunit, json: formatRunJson } satisfies Record<
  Exclude<FileKind, 'html'>,
  unknown
>

/** A file of a run's folder. */
export interface ReportFile {
  name: string
  content: string
}

/**
 * The files that a run leaves behind, but for the page; the same for a run that just ended and for its journal read
 * again.
 */
export function* reportFiles(report: RunReport, kinds: ReportKind[]): Generator<ReportFile> {
  for (const kind of kinds) {
    if (kind in formats) {
      const known = kind as keyof typeof formats
      yield { name: reportNames[known], content: formats[known](report) }
    }
  }
  if (report.sweep && kinds.includes('json')) {
    yield { name: 'sweep.json', content: formatSweepJson(report.sweep) }
  }
}
