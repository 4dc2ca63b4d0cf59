import type { AcceleratorChoice, CheckKind } from '../model/outcome.ts'

/** What yargs leaves beside the options. */
export interface Positionals {
  /** The command itself, then what stood behind `--`: names that start with a dash. */
  _: (string | number)[]
}

/** Arguments of `run`, as parsed; names as on the command line in camel case. Units are still text. */
export interface RunArguments extends Positionals {
  checks: string[]
  flake?: string
  file?: string
  attr?: string
  system?: string
  suites?: string
  kind?: 'nixos' | 'vm'
  tag: string[]
  notTag: string[]
  accel: AcceleratorChoice
  via: 'build' | 'driver'
  cached: 'fail' | 'report'
  force: boolean
  jobs?: number
  memory?: string
  cores?: number
  timeout?: string
  retries: number
  retryOn: 'any' | 'errored'
  layers: boolean
  failFast: boolean
  shard?: string
  lastFailed: boolean
  report?: string
  out: string
  dryRun: boolean
  strict: boolean
  json: boolean
  verbose: boolean
  setup: boolean
}

/** Arguments of `list`. */
export interface ListArguments extends Positionals {
  checks: string[]
  flake?: string
  file?: string
  attr?: string
  system?: string
  suites?: string
  kind?: 'nixos' | 'vm'
  tag: string[]
  notTag: string[]
  eval?: boolean
  json: boolean
}

/** Arguments of `parse`. */
export interface ParseArguments extends Positionals {
  files?: string[]
  format: 'tree' | 'json' | 'junit'
  exitCode: boolean
}

/** Arguments of `report`. */
export interface ReportArguments {
  runs: string[]
  out: string
  report?: string
  format?: 'tree' | 'json' | 'junit'
  exitCode: boolean
}

/** Arguments of `history`. */
export interface HistoryArguments extends Positionals {
  checks: string[]
  out: string
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
