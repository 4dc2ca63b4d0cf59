import type { LoadedConfig } from '../filesystem/config.ts'
import { wordsFor } from '../filesystem/errors.ts'
import { createRunFolder, type RunFolder } from '../filesystem/run-folder.ts'
import { lockRun, type RunLock } from '../filesystem/run-lock.ts'
import { readResources } from '../host/resources.ts'
import type { Config } from '../model/config.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import { budgetFor } from '../plan/budget.ts'
import { GroupRules } from '../plan/groups.ts'
import type { RetryPolicy } from '../plan/retry.ts'
import { formatRunJson } from '../reporters/json.ts'
import { oneLine } from '../reporters/safe-text.ts'
import { emptyRun, toRunReport } from '../state/reduce.ts'
import type { GivenRunArguments, RunArguments } from './arguments.ts'
import { openConfig } from './configuration.ts'
import type { CutOffRun } from './cut-off-run.ts'
import { historyFolder } from './history-folder.ts'
import { catchSignals } from './interruption.ts'
import { beginning, resumption } from './opening.ts'
import { type People, people } from './people.ts'
import { findPlaces, openPlace } from './place.ts'
import { dryRunExitCode, planJson, planText } from './plan-text.ts'
import { planRun } from './planning.ts'
import { foreseen, plansOf } from './plans.ts'
import { idleOptions, readRunOptions } from './run-options.ts'
import type { Session } from './run-session.ts'
import { completed, runsFolder, settingsThatHold } from './settings.ts'
import { showConfig } from './show-config.ts'
import { shownPath } from './shown-path.ts'
import { print } from './standard-streams.ts'
import { type Variation, variationOf } from './variation.ts'
import { refuseContradiction, verbosityOf } from './verbosity.ts'
import { findWanted } from './wanted.ts'
import { findRest } from './wanted-rest.ts'

/** `run` and `sweep`: selects, evaluates, really executes and reports; or goes on with a run that was cut off. */
export async function run(given: GivenRunArguments): Promise<ExitCode> {
  const loaded = await openConfig(given)
  refuseContradiction(given)
  if (given.showConfig) return showConfig(given, loaded, given.json ?? false)
  if (given.resume === undefined) return execute(given, loaded, null)
  const { isComplete, openCutOffRun } = await import('./cut-off-run.ts')
  const cutOff = await openCutOffRun(given, runsFolder(given, loaded))
  try {
    if (isComplete(cutOff.state)) return await nothingLeft(cutOff)
    return await execute(cutOff.given, await openConfig(cutOff.given), cutOff)
  } finally {
    cutOff.lock.release()
  }
}

async function execute(
  given: GivenRunArguments,
  loaded: LoadedConfig,
  cutOff: CutOffRun | null,
): Promise<ExitCode> {
  const { config } = loaded
  const args = completed(given, settingsThatHold(given, loaded, process.env))
  const options = readRunOptions(args)
  const retry: RetryPolicy = { retries: options.retries, on: args.retryOn }
  const audience = people(args.json)
  const note = (text: string) => {
    if (verbosityOf(args) !== 'quiet') audience.write(`${oneLine(text)}\n`)
  }
  const prepared = args.setup ? await prepareHost(args, config) : exitCodes.passed
  if (prepared !== exitCodes.passed) return prepared
  const varied = await variationOf(given, args, config)
  const { profiles } = varied
  const host = readResources()
  const source = openPlace(args, config, host, note)
  const budget = budgetFor(host, options.budget)
  // Nix answers its first questions while the greater part of the program is loaded.
  const [wanted, { runSession }] = await Promise.all([
    cutOff
      ? findRest(source, cutOff, { args, retry, config, profiles })
      : findWanted(source, args, { options, config, profiles }),
    import('./run-session.ts'),
  ])
  const idle = idleOptions(
    args,
    wanted.selected.map(({ check }) => check.kind),
  )
  for (const remark of [...(idle === null ? [] : [idle]), ...wanted.remarks]) note(remark)
  const unsuited = varied.areNamed ? ('skip' as const) : ('leave-out' as const)
  const context = { source, config, budget, args, timeoutSeconds: options.timeoutSeconds, unsuited }
  if (args.dryRun) {
    const plan = await planRun(await foreseen(wanted, varied), context, new AbortController().signal)
    print(args.json ? planJson(plan, budget) : planText(plan, budget))
    return dryRunExitCode(plan, args.strict)
  }
  const folder = cutOff?.folder ?? createRunFolder(args.out, new Date())
  const lock = cutOff?.lock ?? lockNewRun(folder, audience)
  const interruption = catchSignals()
  if (cutOff) note(`resuming ${folder.id}: ${wanted.selected.length} to go, ${wanted.done.length} done`)
  const state = cutOff?.state ?? emptyRun()
  const about = { selected: wanted.selected, shard: wanted.shard, sweep: varied.sweep, budget }
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
      ...rulesOf(varied, { args, config, retry }),
      state,
      opening: cutOff ? [resumption(cutOff.state, args, budget)] : beginning(folder.id, host, args, about),
      plans: (signal) => plansOf(wanted, varied, { ...context, folder: folder.path, state }, signal),
    })
  } finally {
    interruption.release()
    lock.release()
  }
}

/** A search decides after every attempt what is next: a failure is an answer, and hinders nothing. */
function rulesOf(
  { sweep }: Pick<Variation, 'sweep'>,
  { args, config, retry }: { args: RunArguments; config: Config; retry: RetryPolicy },
): Pick<Session, 'retry' | 'groups' | 'failFast'> {
  return sweep?.type === 'search'
    ? { retry: { retries: 0, on: 'any' }, groups: new GroupRules(config.groups, false), failFast: false }
    : { retry, groups: new GroupRules(config.groups, args.layers), failFast: args.failFast }
}

/** A disk that cannot be written to does not keep a run from measuring. */
function lockNewRun(folder: RunFolder, { warn }: People): RunLock {
  try {
    return lockRun(folder)
  } catch (error) {
    warn(
      `${shownPath(folder.path)}: cannot be locked, ${wordsFor(error)}; do not resume this run while it goes on`,
    )
    return { release: () => {} }
  }
}

async function nothingLeft({ folder, state, given }: CutOffRun): Promise<ExitCode> {
  const { runExitCode } = await import('./run-exit-code.ts')
  const report = toRunReport(state)
  people(given.json ?? false).write(`${folder.id}: this run came to its end, nothing is left to do\n`)
  if (given.json) print(formatRunJson(report))
  return (report.run.exitCode as ExitCode | null) ?? runExitCode(report, report.run)
}

/** A project without Nix needs none. */
async function prepareHost(args: RunArguments, config: Config): Promise<ExitCode> {
  const { setup } = await import('./setup.ts')
  const { nixos, vm } = findPlaces(args, config, process.cwd())
  const kind = !nixos ? 'vm' : !vm ? 'nixos' : null
  return setup({ yes: true, dryRun: false, ...(kind && { kind }) })
}
