import { caches } from './gitlab-caches.ts'
import type { PipelineJob } from './jobs.ts'
import { expectedWords, inertWord, inRepository, type PipelineOptions } from './pipeline.ts'

/** What a job is tried again for; a check that said no is not among it. */
export const retry = {
  max: 2,
  when: ['runner_system_failure', 'api_failure', 'scheduler_failure', 'data_integrity_failure'],
  // The infrastructure failed: Nix, QEMU, the host.
  exit_codes: [4],
}

/** A child pipeline does not see itself what started its parent, which hands it over in this variable. */
export const isScheduled = '$CI_PIPELINE_SOURCE == "schedule" || $PARENT_PIPELINE_SOURCE == "schedule"'

/** The same for a shell. */
const wasScheduled = '[ "$CI_PIPELINE_SOURCE" = schedule ] || [ "$PARENT_PIPELINE_SOURCE" = schedule ]'

/**
 * It comes a stage later instead of naming the jobs that it needs, so that there may be any number. A lost job is missed
 * by its checks, which it knows.
 */
export function reportJob(jobs: readonly PipelineJob[], options: PipelineOptions): object {
  const out = inRepository(options, options.out)
  return {
    stage: 'report',
    ...(options.tags.length > 0 && { tags: options.tags }),
    when: 'always',
    timeout: '30 minutes',
    // What the infrastructure broke in a job is told here, with the exit code of that; it has been tried again there.
    retry: { max: retry.max, when: retry.when },
    ...(options.keepsHistory && { cache: caches(options, 'pull-push') }),
    script: reportLines(jobs, options),
    artifacts: {
      when: 'always',
      expire_in: '30 days',
      // With the logs that the report links to.
      paths: [`${out}/`],
      exclude: [`${out}/history/**/*`],
      reports: allReports(`${out}/merged`),
    },
  }
}

function reportLines(jobs: readonly PipelineJob[], options: PipelineOptions): string[] {
  const { program, out, keepsHistory } = options
  const nightly = jobs.filter((job) => job.nightly)
  const keep = keepsHistory ? ['--keep-history'] : []
  const words = ['report', '--exit-code', ...keep, '--out', out, '--to', `${out}/merged`].map(inertWord)
  return [
    `set -- ${expectations(jobs.filter((job) => !job.nightly))}`,
    ...(nightly.length > 0 ? [`if ${wasScheduled}; then set -- "$@" ${expectations(nightly)}; fi`] : []),
    `${program} ${words.join(' ')} "$@" ${inertWord(out)}/*/events.ndjson`,
  ]
}

function expectations(jobs: readonly PipelineJob[]): string {
  return expectedWords(jobs)
    .map((word) => inertWord(`--expect=${word}`))
    .join(' ')
}

/** What GitLab reads of a run's folder. */
export function allReports(folder: string): Record<string, string> {
  return {
    junit: `${folder}/junit.xml`,
    codequality: `${folder}/gl-code-quality-report.json`,
    annotations: `${folder}/gl-annotations.json`,
    dotenv: `${folder}/vmproof.env`,
  }
}
