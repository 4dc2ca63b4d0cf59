import { hostname } from 'node:os'
import type { HostResources } from '../host/resources.ts'
import type { Budget } from '../model/plan.ts'
import type { RunInfo, ShardInfo } from '../model/report.ts'
import type { UnstampedRunEvent } from '../model/run-event.ts'
import type { SweepInfo } from '../model/sweep.ts'
import type { SelectedInstance } from '../plan/profiles.ts'
import { type RunState, secondsOfWork } from '../state/reduce.ts'
import type { RunArguments } from './arguments.ts'
import { version } from './version.ts'

/** What a run is about. */
interface Beginning {
  selected: SelectedInstance[]
  shard: ShardInfo | null
  sweep: SweepInfo | null
  budget: Budget
}

/** The first events of a run. */
export function beginning(
  id: string,
  host: HostResources,
  args: RunArguments,
  about: Beginning,
): UnstampedRunEvent[] {
  const checks = about.selected.map(({ check, profile, namedExplicitly }) => ({
    name: check.name,
    kind: check.kind,
    profile: profile?.name ?? null,
    namedExplicitly,
  }))
  return [
    {
      type: 'runStarted',
      schema: 1,
      run: {
        ...runInfo(id, host, args),
        budget: about.budget,
        ...(about.shard && { shard: about.shard }),
        ...(about.sweep && { sweep: about.sweep }),
      },
    },
    { type: 'checksSelected', checks },
  ]
}

/** The first event of a run that goes on. */
export function resumption(state: RunState, { strict }: RunArguments, budget: Budget): UnstampedRunEvent {
  return {
    type: 'runResumed',
    host: hostname(),
    vmproofVersion: version,
    command: commandLine(),
    strict,
    budget,
    secondsBefore: secondsOfWork(state),
  }
}

function commandLine(): string[] {
  return ['vmproof', ...process.argv.slice(2)]
}

function runInfo(id: string, host: HostResources, { strict }: RunArguments): RunInfo {
  const architecture = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch
  return {
    id,
    startedAt: new Date().toISOString(),
    endedAt: null,
    seconds: null,
    vmproofVersion: version,
    host: {
      name: hostname(),
      system: `${architecture}-${process.platform}`,
      cores: host.cores,
      memoryMiB: host.totalMiB,
    },
    command: commandLine(),
    interrupted: false,
    exitCode: null,
    signal: null,
    strict,
  }
}
