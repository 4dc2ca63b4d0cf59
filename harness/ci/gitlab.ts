import type { PipelineJob } from './jobs.ts'
import type { PipelineOptions, RenderedPipeline } from './pipeline.ts'

/** A child pipeline of GitLab CI. */
export function renderGitlab(jobs: readonly PipelineJob[], _options: PipelineOptions): RenderedPipeline {
  return { text: JSON.stringify(jobs), remarks: [] }
}
