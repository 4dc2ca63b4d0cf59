import { compareText } from '../model/compare-text.ts'
import type { Group } from '../model/config.ts'
import { groupBy } from '../model/group-by.ts'
import type { Labels } from '../model/labels.ts'
import type { Accelerator, CheckKind } from '../model/outcome.ts'
import type { Instance } from '../model/plan.ts'
import { packed } from '../plan/shard.ts'
import { uniqueJobNames } from './job-names.ts'
import { needsOfRunner, type RunnerNeeds, runnerTags, usualLabels } from './labels.ts'

/** How checks are divided into jobs: one for each check, for each group of the configuration, or so many shards. */
export type JobDivision = 'check' | 'group' | 'shard'

/** One job of a pipeline, whatever CI system runs it. All its checks can run on one runner, in one `vmproof run`. */
export interface PipelineJob {
  /** Unique, printable, at most `longestJobName` characters. */
  name: string
  /** Names, sorted; at least one. */
  checks: string[]
  kinds: CheckKind[]
  /** The profile that all of it runs under; null: none. */
  profile: string | null
  /** For `--accel`; null where nothing in it boots a VM. */
  accelerator: Accelerator | null
  needs: RunnerNeeds
  /** From the labels; empty: any runner. */
  runnerTags: string[]
  /** The limits of all its checks and their attempts, one after the other: it ends before this unless it hangs. */
  timeoutSeconds: number
  /** Of all its checks one after the other, from history; null when none was ever measured. */
  expectedSeconds: number | null
  /** Of the configuration, when the division is by groups; null: its checks belong to none. */
  group: string | null
  /** Which one of how many it is, when the division is by shards. */
  shard: { index: number; count: number } | null
  /** Names of jobs that must have passed before: those of the layer below. */
  after: string[]
  /** Of the nightly sweep: only where a schedule started the pipeline. */
  nightly: boolean
}

/** So many jobs are bearable: GitLab's bound for `parallel`, GitHub's for a matrix. */
export const mostJobs = { gitlab: 200, github: 256 } as const

/** What decides over jobs beside the instances. */
export interface JobOptions {
  by: JobDivision
  /** With `by: 'shard'`: how many jobs. Each runner that differs in what it must have takes one at least. */
  shards: number
  /** Of the configuration; a check belongs to the first one that fits. */
  groups: readonly Group[]
  /** null: the configuration says nothing of them. */
  labels: Labels | null
  /** How often a check is attempted at most. */
  attempts: number
}

/** Instances that fit into one job, and what they need. */
interface Placed {
  instances: [Instance, ...Instance[]]
  needs: RunnerNeeds
}

/** A job before it has its final name. */
interface NamelessJob extends Omit<PipelineJob, 'name' | 'after'> {
  /** Before it is made safe and unique. */
  title: string
}

/** Jobs for what runs in every pipeline. @param instances without profile, or all under one and the same */
export function planJobs(instances: readonly Instance[], options: JobOptions): PipelineJob[] {
  const sorted = [...instances].sort((a, b) => compareText(a.id, b.id))
  switch (options.by) {
    case 'check':
      return named(placed(sorted, options).flatMap((place) => eachCheck(place, options)))
    case 'group':
      return layered(named(byGroup(sorted, options)), options.groups)
    case 'shard':
      return named(byShard(placed(sorted, options), options))
  }
}

/** One job for each profile, or more where its checks need different runners. */
export function planSweep(instances: readonly Instance[], options: JobOptions): PipelineJob[] {
  const sorted = [...instances].sort((a, b) => compareText(a.id, b.id))
  const jobs = [...groupBy(sorted, ({ profile }) => profile ?? '')].flatMap(([profile, own]) => {
    const places = placed(own, options)
    return places.map((place) => ({
      ...jobOf(place, titleOf(`sweep ${profile}`, place, places.length), options),
      nightly: true,
    }))
  })
  return named(jobs)
}

/** What can share a job: the same accelerator, the same demands on the runner. */
function placed(instances: readonly Instance[], { labels }: JobOptions): Placed[] {
  const needsOf = (instance: Instance) => needsOfRunner(instance, labels ?? usualLabels)
  const keyOf = (instance: Instance) => JSON.stringify([instance.accelerator, needsOf(instance)])
  return [...groupBy(instances, keyOf).values()].map((own) => ({ instances: own, needs: needsOf(own[0]) }))
}

function eachCheck({ instances, needs }: Placed, options: JobOptions): NamelessJob[] {
  return instances.map((instance) =>
    jobOf({ instances: [instance], needs }, `check ${instance.check.name}`, options),
  )
}

function byGroup(instances: readonly Instance[], options: JobOptions): NamelessJob[] {
  const groupOf = ({ groups }: Instance) => options.groups.find(({ name }) => groups.includes(name))?.name
  const members = groupBy(instances, (instance) => groupOf(instance) ?? '')
  return [...members.values()].flatMap((own) => {
    const group = groupOf(own[0]) ?? null
    const places = placed(own, options)
    const title = group === null ? 'ungrouped' : `group ${group}`
    return places.map((place) => ({
      ...jobOf(place, titleOf(title, place, places.length), options),
      group,
    }))
  })
}

function byShard(places: Placed[], options: JobOptions): NamelessJob[] {
  const parts = places.flatMap((place, at) => {
    const count = sharesOf(places, options.shards)[at] ?? 1
    const measure = { name: ({ id }: Instance) => id, seconds: (one: Instance) => one.expectedSeconds }
    return packed(place.instances, count, measure).flatMap(([first, ...rest]) =>
      first ? [{ needs: place.needs, instances: [first, ...rest] } satisfies Placed] : [],
    )
  })
  return parts.map((part, at) => {
    const shard = { index: at + 1, count: parts.length }
    return { ...jobOf(part, `shard ${shard.index}/${shard.count}`, options), shard }
  })
}

/** Each place gets a job, and each further one goes where a job has most to do. */
function sharesOf(places: readonly Placed[], shards: number): number[] {
  const work = places.map(({ instances }) =>
    instances.reduce(
      (sum, { expectedSeconds, timeoutSeconds }) => sum + (expectedSeconds ?? timeoutSeconds),
      0,
    ),
  )
  const shares = places.map(() => 1)
  const load = (at: number) => (work[at] ?? 0) / (shares[at] ?? 1)
  const canSplit = (at: number) => (shares[at] ?? 1) < (places[at]?.instances.length ?? 0)
  for (let left = shards - places.length; left > 0; left--) {
    const [most] = [...places.keys()].filter(canSplit).sort((a, b) => load(b) - load(a))
    if (most === undefined) break
    shares[most] = (shares[most] ?? 1) + 1
  }
  return shares
}

/** `group network (kvm)`: with what sets it apart when its checks do not fit into one job. */
function titleOf(title: string, { needs, instances }: Placed, places: number): string {
  if (places === 1) return title
  const words = [
    ...(needs.nix ? ['nix'] : []),
    ...(instances[0].accelerator === null ? [] : [instances[0].accelerator]),
    ...(needs.aarch64 ? ['aarch64'] : []),
    ...(needs.largeMemory ? ['large-memory'] : []),
  ]
  return words.length === 0 ? title : `${title} (${words.join(' ')})`
}

function jobOf({ instances, needs }: Placed, title: string, { labels, attempts }: JobOptions): NamelessJob {
  const measured = instances.flatMap(({ expectedSeconds }) => expectedSeconds ?? [])
  return {
    title,
    group: null,
    checks: instances.map(({ check }) => check.name),
    kinds: [...new Set(instances.map(({ check }) => check.kind))],
    profile: instances[0].profile,
    accelerator: instances[0].accelerator,
    needs,
    runnerTags: runnerTags(needs, labels ?? usualLabels),
    timeoutSeconds: instances.reduce((sum, one) => sum + one.timeoutSeconds * attempts, 0),
    expectedSeconds: measured.length === 0 ? null : measured.reduce((sum, one) => sum + one, 0),
    shard: null,
    nightly: false,
  }
}

function named(jobs: readonly NamelessJob[]): PipelineJob[] {
  const names = uniqueJobNames(jobs.map(({ title }) => title))
  return jobs.map(({ title: _, ...job }, at) => ({ name: names[at] ?? '', ...job, after: [] }))
}

/** Lets the jobs of a group wait for those of the groups that it needs. */
function layered(jobs: readonly PipelineJob[], groups: readonly Group[]): PipelineJob[] {
  const needs = new Map(groups.map((group) => [group.name, group.needs]))
  return jobs.map((job) => {
    const below = job.group === null ? [] : (needs.get(job.group) ?? [])
    const after = jobs.filter(({ group }) => group !== null && below.includes(group)).map(({ name }) => name)
    return { ...job, after }
  })
}
