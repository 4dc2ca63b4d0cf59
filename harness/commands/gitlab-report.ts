import { join } from 'node:path'
import { detectCi } from '../ci/detect.ts'
import { wordsFor } from '../filesystem/errors.ts'
import type { RunReport } from '../model/report.ts'
import { writeAtomically } from '../process/atomic-file.ts'
import { gitlabFiles } from '../reporters/gitlab/files.ts'
import { reportNames } from '../reporters/report-kinds.ts'
import type { People } from './people.ts'
import type { Publication } from './publish.ts'
import { shownPath } from './shown-path.ts'

/** Writes what a job hands over to GitLab beside JUnit, see `artifacts:reports` of `vmproof ci gitlab`. */
export function tellGitlab(report: RunReport, { folder, kinds }: Publication, { warn }: People): void {
  const ci = detectCi(process.env)
  const job = {
    url: ci?.url ?? null,
    projectFolder: ci?.projectFolder ?? process.cwd(),
    folder,
    page: kinds.includes('html') ? reportNames.html : null,
  }
  for (const { name, content } of gitlabFiles(report, job)) {
    const path = join(folder, name)
    try {
      writeAtomically(path, content)
    } catch (error) {
      warn(`report gitlab: cannot write ${shownPath(path)}: ${wordsFor(error)}`)
    }
  }
}
