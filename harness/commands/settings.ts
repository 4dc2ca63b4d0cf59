import { type CiJob, detectCi } from '../ci/detect.ts'
import type { LoadedConfig } from '../filesystem/config.ts'
import { inKebabCase, runSettingNames, runSettings } from '../filesystem/run-settings.ts'
import type { JunitGranularity, RunDefaults } from '../model/run-defaults.ts'
import { UserError } from '../model/user-error.ts'
import {
  type CiKind,
  ciKinds,
  defaultKinds,
  type ReportKind,
  reportKinds,
} from '../reporters/report-kinds.ts'
import type { GivenRunArguments, RunArguments } from './arguments.ts'

/** What holds when nobody says anything; what is absent then follows from the host or the check. */
const builtIn: Partial<RunDefaults> = {
  retries: 0,
  retryOn: 'any',
  layers: true,
  failFast: false,
  accel: 'auto',
  via: 'build',
  cached: 'report',
  strict: false,
  junitGranularity: 'assertion',
  out: 'reports',
  verbose: false,
}

/** Where the value of a setting comes from, as a person would look for it. */
export type Origin = string

/** The settings that hold, and where each comes from. */
export interface Settings {
  values: Partial<RunDefaults>
  origins: ReadonlyMap<keyof RunDefaults, Origin>
}

/**
 * The command line beats the environment (VMPROOF_RETRY_ON), which beats the configuration.
 * @param given what stands on the command line
 * @throws UserError naming the environment variable
 */
export function settingsThatHold(
  given: Partial<RunDefaults>,
  { config, values: placed }: Pick<LoadedConfig, 'config' | 'values'>,
  env: NodeJS.ProcessEnv,
): Settings {
  const ci = detectCi(env)
  const values: Partial<Record<keyof RunDefaults, unknown>> = {}
  const origins = new Map<keyof RunDefaults, Origin>()
  const defaults = { ...builtIn, report: reportsUnder(ci) }
  for (const name of runSettingNames) {
    const variable = variableOf(name)
    const words = env[variable]
    const candidates: [value: unknown, from: Origin][] = [
      [fromCommandLine(name, given[name]), `--${inKebabCase(name)}`],
      [words === undefined || words === '' ? undefined : fromVariable(name, words), variable],
      [configured(name, config.run), placed.find(({ key }) => key === keyOf(name))?.from ?? ''],
      [defaults[name], name === 'report' ? reportOrigin(ci) : 'default'],
    ]
    const [value, from] = candidates.find(([one]) => one !== undefined) ?? [undefined, 'default']
    if (value !== undefined) values[name] = value
    origins.set(name, from)
  }
  return { values: values as Partial<RunDefaults>, origins }
}

/** The reports that are made. @throws UserError */
export function wantedReports({ report }: { report?: string }, loaded: LoadedConfig): ReportKind[] {
  const { values } = settingsThatHold(report === undefined ? {} : { report }, loaded, process.env)
  return reportKinds(values.report ?? '')
}

/** What a case of JUnit stands for. @throws UserError */
export function wantedGranularity(
  { junitGranularity }: { junitGranularity?: JunitGranularity },
  loaded: LoadedConfig,
): JunitGranularity {
  const given = junitGranularity === undefined ? {} : { junitGranularity }
  return settingsThatHold(given, loaded, process.env).values.junitGranularity ?? 'assertion'
}

/** The reports that are made when nobody says which. */
function reportsUnder(ci: CiJob | null): string {
  return defaultKinds(ciKind(ci)).join(',')
}

function ciKind(ci: CiJob | null): CiKind | null {
  return ciKinds.find((kind) => kind === ci?.system) ?? null
}

function reportOrigin(ci: CiJob | null): Origin {
  const kind = ciKind(ci)
  return ci && kind ? `default; ${kind} because ${ci.because} is set` : 'default'
}

/** What `run` was asked for beside its settings when the command line does not say. */
const unasked = {
  checks: [],
  tag: [],
  notTag: [],
  force: true,
  lastFailed: false,
  dryRun: false,
  showConfig: false,
  section: [],
  json: false,
  setup: false,
  quiet: false,
  vv: false,
}

/** The arguments of `run` with all that was not given. */
export function completed(given: GivenRunArguments, { values }: Settings): RunArguments {
  return { ...unasked, ...builtIn, ...given, ...values } as RunArguments
}

/** The folder of all runs. @throws UserError */
export function runsFolder(given: { out?: string }, loaded: LoadedConfig): string {
  const { out } = given
  return settingsThatHold(out === undefined ? {} : { out }, loaded, process.env).values.out ?? ''
}

/** Where the configuration has a setting. */
export function keyOf(name: keyof RunDefaults): string {
  return `run.${inKebabCase(name)}`
}

/** `--timeout` would beat what is written for single checks; the configuration's gives way to it, see its schema. */
function configured(name: keyof RunDefaults, run: Partial<RunDefaults>): unknown {
  return name === 'timeout' ? undefined : run[name]
}

function variableOf(name: keyof RunDefaults): string {
  return `VMPROOF_${inKebabCase(name).replaceAll('-', '_').toUpperCase()}`
}

/** yargs looks at the choices of no option that has a dash in its name. @throws UserError naming the option */
function fromCommandLine(name: keyof RunDefaults, value: unknown): unknown {
  return typeof value === 'string' ? runSettings[name](value, `--${inKebabCase(name)}`) : value
}

function fromVariable(name: keyof RunDefaults, words: string): unknown {
  try {
    return runSettings[name](words, variableOf(name))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(`${variableOf(name)}=${words}: not a value it can have`, error.hints)
  }
}
