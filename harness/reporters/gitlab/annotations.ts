import { resolve } from 'node:path'
import type { CheckReport, RunReport } from '../../model/report.ts'
import { oneLine } from '../safe-text.ts'
import { pathInside } from '../script-place.ts'
import { outcomeLooks } from '../style.ts'
import { checkTitle } from '../wording.ts'
import type { GitlabJob } from './files.ts'

/** So many logs are linked; the page has them all. */
const mostLogs = 20
const longestLabel = 200

/** GitLab's `external_link`. */
interface Link {
  external_link: { label: string; url: string }
}

/**
 * Links for the page of the job (`artifacts:reports:annotations`): the page of the run, and the log of each check that
 * did not pass. They lead to the job's artifacts.
 */
export function formatAnnotations({ checks }: RunReport, job: GitlabJob): string {
  const wrong = checks.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped')
  const links = [
    job.page === null ? null : linkTo('all results', job.page, job),
    ...wrong
      .filter(hasLog)
      .slice(0, mostLogs)
      .map((check) => logLink(check, job)),
  ].filter((link) => link !== null)
  return `${JSON.stringify(links.length === 0 ? {} : { vmproof: links }, null, 2)}\n`
}

function hasLog({ folder }: CheckReport): boolean {
  return folder !== null
}

function logLink(check: CheckReport, job: GitlabJob): Link | null {
  const label = `${checkTitle(check)} ${outcomeLooks[check.outcome].words}: log`
  return linkTo(label, `${check.folder}/driver.log`, job)
}

/** @param path from the folder of the files @returns null when the file is no artifact, or the job has no page */
function linkTo(label: string, path: string, { url, projectFolder, folder }: GitlabJob): Link | null {
  const inProject = projectFolder === null ? null : pathInside(projectFolder, resolve(folder, path))
  if (url === null || inProject === null) return null
  const steps = inProject.split('/').map(encodeURIComponent).join('/')
  return {
    external_link: {
      label: oneLine(label).slice(0, longestLabel),
      url: `${url}/artifacts/file/${steps}`,
    },
  }
}
