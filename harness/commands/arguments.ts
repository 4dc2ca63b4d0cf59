import type { CheckKind } from '../model/outcome.ts'
import type { JunitGranularity, RunDefaults } from '../model/run-defaults.ts'

/** What yargs leaves beside the options. */
export interface Positionals {
  /** The command itself, then what stood behind `--`: names that start with a dash. */
  _: (string | number)[]
}

/** Options that say where checks come from. */
export interface PlaceArguments {
  flake?: string
  file?: string
  attr?: string
  system?: string
  suites?: string
  kind?: CheckKind
}

/** Options that say which checks, and under what profile. */
interface SelectionArguments extends PlaceArguments {
  checks: string[]
  tag: string[]
  notTag: string[]
  profile?: string
}

/** Options of `run` that are not among the settings: what to run, and what else to do. Units are still text. */
export interface RunChoices extends SelectionArguments {
  /** Of `sweep`, joined by commas. */
  profiles?: string
  against?: string
  find?: string
  repeat?: number
  points?: number
  within?: string
  force: boolean
  shard?: string
  lastFailed: boolean
  resume?: string
  dryRun: boolean
  showConfig: boolean
  section: string[]
  json: boolean
  setup: boolean
  quiet: boolean
  /** `-vv`: console lines too. */
  vv: boolean
}

/** Settings that follow from the host or the check when nobody gives them. */
type Open = 'jobs' | 'memory' | 'cores' | 'timeout'

/** Arguments of `run` or `sweep`, complete; names as on the command line in camel case. */
export type RunArguments = Positionals &
  RunChoices &
  Omit<RunDefaults, Open> &
  Partial<Pick<RunDefaults, Open>>

/** What stands on the command line of `run` or `sweep`. */
export type GivenRunArguments = Positionals & Partial<RunArguments>

/** Arguments of `list`. */
export interface ListArguments extends Positionals, SelectionArguments {
  eval?: boolean
  section?: string[]
  showConfig?: boolean
  json: boolean
}

/** Arguments of `parse`. */
export interface ParseArguments extends Positionals {
  files?: string[]
  format: 'tree' | 'json' | 'junit'
  quiet?: boolean
  junitGranularity?: JunitGranularity
  exitCode: boolean
}

/** Arguments of `report`. */
export interface ReportArguments {
  runs: string[]
  out?: string
  /** Folder for the reports. */
  to?: string
  section?: string[]
  report?: string
  junitGranularity?: JunitGranularity
  keepHistory: boolean
  /** Checks that must be among the runs, as words of `run`. */
  expect?: string[]
  format?: 'tree' | 'json' | 'junit'
  quiet?: boolean
  verbose?: boolean
  exitCode: boolean
}

/** Arguments of `history`. */
export interface HistoryArguments extends Positionals {
  checks: string[]
  out?: string
  section?: string[]
  json: boolean
}

/** Arguments of `setup`. */
export interface SetupArguments {
  kind?: CheckKind
  yes: boolean
  dryRun: boolean
}

/** Arguments of `doctor`. */
export interface DoctorArguments {
  kind?: CheckKind
  json: boolean
}

/** Arguments of `shell`. */
export interface ShellArguments extends Positionals, PlaceArguments {
  check: string
  profile?: string
  accel?: RunDefaults['accel']
  section?: string[]
}

/** Arguments of `ci`: what to run as for `run`, and how it becomes jobs. */
export type CiArguments = GivenRunArguments & {
  pipeline: 'gitlab' | 'github'
  by?: 'check' | 'group' | 'shard'
  shards?: number
  sweep?: boolean
  program?: string
  image?: string
  before?: string[]
}
