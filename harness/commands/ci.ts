import { type JobOptions, type PipelineJob, planJobs, planSweep } from '../ci/jobs.ts'
import type { RenderedPipeline, WorkflowOptions } from '../ci/pipeline.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { Instance } from '../model/plan.ts'
import { UserError } from '../model/user-error.ts'
import type { PlanItem } from '../plan/plan.ts'
import { oneLine } from '../reporters/safe-text.ts'
import type { CiArguments } from './arguments.ts'
import { divisionWithin, pipelineOptions, programRemarks, wishedDivision } from './ci-options.ts'
import { planForCi } from './ci-plan.ts'
import { openConfig } from './configuration.ts'
import { leftOutText } from './plan-text.ts'
import { readRunOptions } from './run-options.ts'
import { completed, settingsThatHold } from './settings.ts'
import { guardStandardStreams, print } from './standard-streams.ts'

/** Prints a pipeline that runs the selected checks, each job where a runner has what it needs. */
export async function ci(given: CiArguments): Promise<ExitCode> {
  guardStandardStreams()
  // Where the pipeline is printed does not matter: its jobs run in CI, so what holds there counts.
  const loaded = await openConfig(given, 'ci')
  const { config } = loaded
  const wished = wishedDivision(given, config)
  const args = completed(given, settingsThatHold(given, loaded, process.env))
  const { retries } = readRunOptions(args)
  const { everyTime, nightly } = await planForCi(given, args, config)
  say(leftOutText(everyTime))
  for (const remark of everyTime.items.flatMap(remarkOn)) say(`${remark}\n`)
  const instances = jobWorthy(everyTime.items)
  if (instances.length === 0) {
    throw new UserError('no pipeline: nothing of what was selected can be run', [], exitCodes.nothingMatched)
  }
  const { remark, ...division } = divisionWithin(wished, instances.length, given.pipeline)
  const options: JobOptions = {
    ...division,
    groups: config.groups,
    labels: config.labels,
    attempts: retries + 1,
  }
  const jobs = [...planJobs(instances, options), ...planSweep(jobWorthy(nightly), options)]
  const pipeline = pipelineOptions(given, args, config)
  const { text, remarks } = await rendered(given, jobs, pipeline)
  for (const line of [...remark, ...remarks, ...programRemarks(given, pipeline)]) say(`${line}\n`)
  print(text)
  return exitCodes.passed
}

/** What cannot be evaluated gets a job, too: there it is an error, and red. */
function jobWorthy(items: readonly PlanItem[]): Instance[] {
  return items.filter(({ type }) => type === 'run' || type === 'error').map(({ instance }) => instance)
}

function remarkOn(item: PlanItem): string[] {
  if (item.type === 'error') return [`${item.instance.id}: cannot be evaluated here, ${item.failure.message}`]
  return item.type === 'skip' ? [`${item.instance.id}: no job, ${item.reason}`] : []
}

async function rendered(
  { pipeline }: CiArguments,
  jobs: readonly PipelineJob[],
  options: WorkflowOptions,
): Promise<RenderedPipeline> {
  switch (pipeline) {
    case 'gitlab':
      return (await import('../ci/gitlab.ts')).renderGitlab(jobs, options)
    case 'github':
      return (await import('../ci/github.ts')).renderGithub(jobs, options)
  }
}

/** Standard output carries the pipeline. */
function say(text: string): void {
  process.stderr.write(
    text
      .split('\n')
      .map((line) => oneLine(line))
      .join('\n'),
  )
}
