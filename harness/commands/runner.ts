import { closeSync, existsSync, openSync } from 'node:fs'
import type { CiJob } from '../ci/detect.ts'
import { adviceFor, type KvmState, type Runner, type RunnerAdvice } from '../ci/runner-advice.ts'
import type { HostNeed } from '../host/need.ts'
import type { Platform } from '../host/platform.ts'
import { type HostResources, readResources } from '../host/resources.ts'
import { defaultConfig } from '../model/config.ts'
import type { CheckKind } from '../model/outcome.ts'
import { UserError } from '../model/user-error.ts'
import { budgetFor } from '../plan/budget.ts'
import { instanceOf } from '../plan/instances.ts'
import { whyTooLarge } from '../plan/plan.ts'
import { openConfig } from './configuration.ts'
import { openPlace } from './place.ts'

/** What is known of the host. */
export interface HostFindings {
  platform: Platform
  kinds: CheckKind[]
  needs: HostNeed[]
}

/** What the runner of this job lacks, in the words of its CI. */
export async function adviseOnRunner(job: CiJob, findings: HostFindings): Promise<RunnerAdvice[]> {
  const { platform, kinds, needs } = findings
  const resources = readResources()
  const { config } = await openConfig().catch((error: unknown) => {
    // `run` tells what is wrong with it.
    if (error instanceof UserError) return { config: defaultConfig(process.cwd()) }
    throw error
  })
  const runner: Runner = {
    job,
    kvm: kvmState(needs),
    architecture: platform.architecture ?? process.arch,
    isContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    isHosted: hostedBy(process.env),
    tags: runnerTags(process.env),
    lacksNix: needs.some(({ id, state }) => id === 'nix' && state === 'missing'),
    memoryMiB: resources.totalMiB,
    tooLarge: kinds.includes('vm') ? await largestSuite(resources) : null,
  }
  return adviceFor(runner, config.labels)
}

function kvmState(needs: HostNeed[]): KvmState {
  if (needs.some(({ id, state }) => id === 'kvm' && state === 'ok')) return 'works'
  const states: Record<string, KvmState> = { ENOENT: 'absent', EACCES: 'not-permitted', EPERM: 'forbidden' }
  try {
    closeSync(openSync('/dev/kvm', 'r+'))
    return 'broken'
  } catch (error) {
    return states[(error as NodeJS.ErrnoException).code ?? ''] ?? 'broken'
  }
}

/** GitHub tells each job; GitLab tells those of its shared runners. */
function hostedBy({
  RUNNER_ENVIRONMENT: github,
  CI_SERVER_HOST: host,
  CI_RUNNER_TAGS: tags,
}: NodeJS.ProcessEnv) {
  if (github) return github === 'github-hosted'
  return host === 'gitlab.com' ? (tags?.includes('saas-') ?? null) : null
}

/** `["kvm", "nix"]` of GitLab; `kvm, nix` in its earlier versions. */
function runnerTags({ CI_RUNNER_TAGS: text }: NodeJS.ProcessEnv): string[] | null {
  return text === undefined ? null : (text.match(/[^\s,"[\]]+/g) ?? [])
}

/** Suites are cheap to evaluate, unlike NixOS tests. @returns the one that needs most of those that do not fit */
async function largestSuite(resources: HostResources): Promise<Runner['tooLarge']> {
  const budget = budgetFor(resources, { jobs: null, cores: null, memoryMiB: null })
  try {
    const { config } = await openConfig()
    const place = openPlace({ kind: 'vm' }, config, resources, () => {})
    const options = {
      accel: 'auto' as const,
      accelerators: new Map(),
      timeoutSeconds: null,
      overrides: config.checks,
      quarantine: [],
      groups: [],
      durations: new Map(),
    }
    let largest: Runner['tooLarge'] = null
    for await (const check of place.describe(await place.list(), new AbortController().signal)) {
      if (!check.metadata) continue
      const { needs } = instanceOf(check, { namedExplicitly: false, profile: null }, options)
      const isLarger = needs.memoryMiB > (largest?.memoryMiB ?? 0)
      if (isLarger && whyTooLarge(needs, budget) !== null)
        largest = { name: check.name, memoryMiB: needs.memoryMiB }
    }
    return largest
  } catch (error) {
    // No suites here, or broken ones.
    if (error instanceof UserError) return null
    throw error
  }
}
