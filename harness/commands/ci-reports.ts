import type { RunReport } from '../model/report.ts'
import type { Fold } from '../reporters/check-blocks.ts'
import { githubFold } from '../reporters/github/fold.ts'
import { gitlabFold } from '../reporters/gitlab/fold.ts'
import { type CiKind, ciKinds, type ReportKind } from '../reporters/report-kinds.ts'
import type { People } from './people.ts'
import type { Publication } from './publish.ts'

/** How the log of a job folds, in the CI systems that are reported to. */
const folds: Record<CiKind, Fold> = { github: githubFold, gitlab: gitlabFold }

/** How the log of this run folds; null: not at all. */
export function foldFor(kinds: readonly ReportKind[]): Fold | null {
  const kind = ciKinds.find((one) => kinds.includes(one))
  return kind === undefined ? null : folds[kind]
}

/**
 * Tells the CI system of a run that has ended or was read again, beside the files for everybody. What cannot be told is
 * warned of: the run is none the worse.
 */
export async function tellCi(report: RunReport, publication: Publication, audience: People): Promise<void> {
  if (publication.kinds.includes('github')) {
    const { tellGithub } = await import('./github-report.ts')
    tellGithub(report, publication, audience)
  }
  if (publication.kinds.includes('gitlab')) {
    const { tellGitlab } = await import('./gitlab-report.ts')
    tellGitlab(report, publication, audience)
  }
}
