import { UserError } from '../model/user-error.ts'

/** Report files that there are, and what they are called in a run's folder. */
export const reportNames = { junit: 'junit.xml', json: 'run.json' }

/** As `--report` names them. */
export type ReportKind = keyof typeof reportNames

/** Reads `--report LIST`, such as `junit,json`. @returns all kinds without a list. @throws UserError */
export function reportKinds(list: string | undefined): ReportKind[] {
  const known = Object.keys(reportNames) as ReportKind[]
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
