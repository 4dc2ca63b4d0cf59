import type { RunReport } from '../model/report.ts'
import { formatRunJson } from './json.ts'
import { formatJunit } from './junit.ts'
import { type FileKind, isFileKind, type ReportKind, reportNames } from './report-kinds.ts'
import { formatSweepJson } from './sweep-text.ts'

const formats = { junit: formatJunit, json: formatRunJson } satisfies Record<FileKind, unknown>

/** A file of a run's folder. */
export interface ReportFile {
  name: string
  content: string
}

/** The files that a run leaves behind; the same for a run that just ended and for its journal read again. */
export function* reportFiles(report: RunReport, kinds: ReportKind[]): Generator<ReportFile> {
  for (const kind of kinds.filter(isFileKind)) yield { name: reportNames[kind], content: formats[kind](report) }
  if (report.sweep && kinds.includes('json')) {
    yield { name: 'sweep.json', content: formatSweepJson(report.sweep) }
  }
}
