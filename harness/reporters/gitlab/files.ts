import type { RunReport } from '../../model/report.ts'
import { formatAnnotations } from './annotations.ts'
import { formatCodeQuality } from './code-quality.ts'
import { formatDotenv } from './dotenv.ts'

/** What a GitLab job knows of itself. */
export interface GitlabJob {
  /** Its page, `CI_JOB_URL`; null: not told. */
  url: string | null
  /** Folder of the checkout, absolute, `CI_PROJECT_DIR`; null: not told. */
  projectFolder: string | null
  /** Folder that these files are written to, absolute. */
  folder: string
  /** The page of the run, in that folder; null: there is none. */
  page: string | null
}

/** A file of a run's folder. */
export interface GitlabFile {
  name: string
  content: string
}

/** Names in a run's folder, to be given in `artifacts:reports` of a job. */
export const gitlabFileNames = {
  codequality: 'gl-code-quality-report.json',
  annotations: 'gl-annotations.json',
  dotenv: 'vmproof.env',
} as const

/** The files that GitLab reads beside JUnit: what merge requests show beside code, links of the job's page, variables. */
export function gitlabFiles(report: RunReport, job: GitlabJob): GitlabFile[] {
  return [
    { name: gitlabFileNames.codequality, content: formatCodeQuality(report, job) },
    { name: gitlabFileNames.annotations, content: formatAnnotations(report, job) },
    { name: gitlabFileNames.dotenv, content: formatDotenv(report) },
  ]
}
