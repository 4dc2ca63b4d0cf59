import { UserError } from '../model/user-error.ts'

/** Report files that there are, and what they are called in a run's folder. */
export const reportNames = { junit: 'junit.xml', json: 'run.json', html: 'index.html' }

/** As `--report` names those that are a file of the run's folder. */
export type FileKind = keyof typeof reportNames

/** Reports in the ways of a CI system: more than one file, or none. */
export const ciKinds = ['github', 'gitlab'] as const

/** One of `ciKinds`. */
export type CiKind = (typeof ciKinds)[number]

/** As `--report` names them. */
export type ReportKind = FileKind | CiKind

const fileKinds = Object.keys(reportNames) as FileKind[]

/** All that `--report` may name. */
export const knownKinds: readonly ReportKind[] = [...fileKinds, ...ciKinds]

/** What is reported when nobody says: every file, and what suits the CI. @param ci the one that was detected */
export function defaultKinds(ci: CiKind | null): ReportKind[] {
  return [...fileKinds, ...ciKinds.filter((kind) => kind === ci)]
}

/** Reads `--report LIST`, such as `junit,json`: exactly those. @throws UserError */
export function reportKinds(list: string): ReportKind[] {
  const wanted = list.split(',').map((kind) => kind.trim())
  const wrong = wanted.find((kind) => !knownKinds.includes(kind as ReportKind))
  if (wrong !== undefined) {
    throw new UserError(`--report ${list}: there is no report named "${wrong}"`, [
      `there are ${knownKinds.join(', ')}`,
    ])
  }
  return knownKinds.filter((kind) => wanted.includes(kind))
}
