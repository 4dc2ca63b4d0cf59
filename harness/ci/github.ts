import { UserError } from '../model/user-error.ts'
import type { PipelineJob } from './jobs.ts'
import type { PipelineOptions, RenderedPipeline } from './pipeline.ts'

/** A workflow of GitHub Actions. To be written. */
export function renderGithub(_jobs: readonly PipelineJob[], _options: PipelineOptions): RenderedPipeline {
  throw new UserError('ci github: not there yet')
}
