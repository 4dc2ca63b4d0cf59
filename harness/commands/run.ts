import { hostname } from 'node:os'
import { createRunFolder } from '../filesystem/run-folder.ts'
import { type HostResources, readResources } from '../host/resources.ts'
import type { Config } from '../model/config.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { RunInfo } from '../model/report.ts'
import { budgetFor } from '../plan/budget.ts'
import { GroupRules } from '../plan/groups.ts'
import { oneLine } from '../reporters/safe-text.ts'
import type { GivenRunArguments, RunArguments } from './arguments.ts'
import { openConfig } from './configuration.ts'
import { historyFolder } from './history-folder.ts'
import { catchSignals } from './interruption.ts'
import { people } from './people.ts'
import { findPlaces, openPlace } from './place.ts'
import { dryRunExitCode, planJson, planText } from './plan-text.ts'
import { findWanted, planRun } from './planning.ts'
import { chosenProfile } from './profiles.ts'
import { idleOptions, readRunOptions } from './run-options.ts'
import { completed, settle } from './settings.ts'
import { showConfig } from './show-config.ts'
import { print } from './standard-streams.ts'
import { version } from './version.ts'

/** Selects, evaluates, really executes and reports. */
export async function run(given: GivenRunArguments): Promise<ExitCode> {
  const loaded = await openConfig(given)
  if (given.showConfig) return showConfig(given, loaded, given.json ?? false)
  const { config } = loaded
  const args = completed(given, settle(given, loaded, process.env))
  const options = readRunOptions(args)
  const audience = people(args.json)
  const note = (text: string) => audience.write(`${oneLine(text)}\n`)
  const prepared = args.setup ? await prepareHost(args, config) : exitCodes.passed
  if (prepared !== exitCodes.passed) return prepared
  const profiles = [await chosenProfile(args, config)]
  const host = readResources()
  const source = openPlace(args, config, host, note)
  const budget = budgetFor(host, options.budget)
  // Nix answers its first questions while the greater part of the program is loaded.
  const [wanted, { runSession }] = await Promise.all([
    findWanted(source, args, { options, config, profiles }),
    import('./run-session.ts'),
  ])
  const kinds = wanted.selected.map(({ check }) => check.kind)
  const idle = idleOptions(args, kinds)
  if (idle !== null) note(idle)
  const context = { source, config, budget, args, timeoutSeconds: options.timeoutSeconds }
  if (args.dryRun) {
    const plan = await planRun(wanted, context, new AbortController().signal)
    print(args.json ? planJson(plan, budget) : planText(plan, budget))
    return dryRunExitCode(plan, args.strict)
  }
  const folder = createRunFolder(args.out, new Date())
  const interruption = catchSignals()
  try {
    return await runSession({
      args,
      folder,
      historyFolder: historyFolder(args, config),
      budget,
      source,
      interruption,
      people: audience,
      reports: options.reports,
      retry: { retries: options.retries, on: args.retryOn },
      groups: new GroupRules(config.groups, args.layers),
      info: runInfo(folder.id, host, args),
      plan: (signal) => planRun(wanted, context, signal),
    })
  } finally {
    interruption.release()
  }
}

/** A project without Nix needs none. */
async function prepareHost(args: RunArguments, config: Config): Promise<ExitCode> {
  const { setup } = await import('./setup.ts')
  const { nixos, vm } = findPlaces(args, config, process.cwd())
  const kind = !nixos ? 'vm' : !vm ? 'nixos' : null
  return setup({ yes: true, dryRun: false, ...(kind && { kind }) })
}

function runInfo(id: string, host: HostResources, args: RunArguments): RunInfo {
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
    command: ['vmproof', ...process.argv.slice(2)],
    interrupted: false,
    exitCode: null,
    signal: null,
    strict: args.strict,
  }
}
