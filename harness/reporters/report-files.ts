import type { RunReport } from '../model/report.ts'
import { runJsonPieces } from './json.ts'
import { type JunitOptions, junitDocument } from './junit.ts'
import { type ReportKind, reportNames } from './report-kinds.ts'
import { formatSweepJson } from './sweep-text.ts'

/** A file of a run's folder. */
export interface ReportFile {
  name: string
  /** In pieces where it may be large. */
  content: string | Iterable<string>
  /** What people must be told of it, a line each. */
  remarks?: string[]
}

/**
 * The files that a run leaves behind, but for the page, which has the logs in it; the same for a run that just ended
 * and for its journal read again.
 */
export function* reportFiles(
  report: RunReport,
  kinds: ReportKind[],
  junit: JunitOptions = { granularity: 'assertion' },
): Generator<ReportFile> {
  if (kinds.includes('junit')) {
    const { pieces, remarks } = junitDocument(report, junit)
    yield { name: reportNames.junit, content: pieces, remarks }
  }
  if (kinds.includes('json')) {
    yield { name: reportNames.json, content: runJsonPieces(report) }
    if (report.sweep) yield { name: 'sweep.json', content: formatSweepJson(report.sweep) }
  }
}
