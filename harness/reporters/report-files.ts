import type { RunReport } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { formatRunJson } from './json.ts'
import { formatJunit } from './junit.ts'

const formats = { junit: formatJunit, json: formatRunJson }
const names = { junit: 'junit.xml', json: 'run.json' }

export type ReportKind = keyof typeof formats

/** A file of a run's folder. */
export interface ReportFile {
  name: string
  content: string
}

/** Reads `--report LIST`, such as `junit,json`. @returns all kinds without a list. @throws UserError */
export function reportKinds(list: string | undefined): ReportKind[] {
  const known = Object.keys(formats) as ReportKind[]
  if (list === undefined) return known
  const wanted = list.split(',').map((kind) => kind.trim())
  const wrong = wanted.find((kind) => !known.includes(kind as ReportKind))
  if (wrong !== undefined) {
    throw new UserError(`--report ${list}: there is no report named "${wrong}"`, [
      `there are ${known.join(', ')}`,
    ])
  }
  return known.filter((kind) => wanted.includes(kind))
}

/** The files that a run leaves behind; the same for a run that just ended and for its journal read again. */
export function* reportFiles(report: RunReport, kinds: ReportKind[]): Generator<ReportFile> {
  for (const kind of kinds) yield { name: names[kind], content: formats[kind](report) }
}
