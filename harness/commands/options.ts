import type { Argv } from 'yargs'
import { junitGranularities } from '../model/run-defaults.ts'
import { UserError } from '../model/user-error.ts'
import { knownKinds } from '../reporters/report-kinds.ts'

/*
 * Groups of options that several commands share. An option of `run` has no default here: the environment and the
 * configuration may give it one, see settings.ts, and a run that is resumed takes its options from its journal.
 */

/** An unset variable in a script: `--flake "$REF"`, `run "$CHECK"`. It is no way to ask for the default. @throws UserError */
export function refuseEmptyValues(args: Record<string, unknown>): void {
  const holding = (names: string[], value: unknown) =>
    names.find((name) => [args[name]].flat().includes(value))
  const options = Object.keys(args).filter((name) => !positionals.includes(name))
  const empty = holding(options, '')
  if (empty !== undefined) {
    throw new UserError(`--${empty}: its value is empty`, ['give it one, or leave the option out'])
  }
  if (holding(positionals, '') !== undefined) {
    throw new UserError('a name is empty', ['give a name or a glob, or leave it out'])
  }
  const negated = holding(valued, false)
  if (negated !== undefined)
    throw new UserError(`--no-${negated}: there is no such option`, [`leave --${negated} out`])
}

const positionals = ['_', 'check', 'checks', 'files', 'runs', 'pipeline']
/** yargs takes `--no-NAME` for any option; these have a value that is a text. */
const valued = [
  'flake',
  'file',
  'attr',
  'system',
  'suites',
  'tag',
  'not-tag',
  'memory',
  'timeout',
  'shard',
  'report',
  'out',
  'section',
  'profile',
  'profiles',
  'against',
  'find',
  'within',
  'resume',
  'program',
  'image',
  'before',
  'expect',
]

/** Where checks come from. */
export const place = (yargs: Argv) =>
  yargs
    .option('flake', {
      type: 'string',
      describe: 'Flake with checks (default: the enclosing flake)',
      requiresArg: true,
    })
    .option('file', { type: 'string', describe: 'Nix file that is not a flake', requiresArg: true })
    .option('attr', { type: 'string', describe: 'Attribute prefix inside --file', requiresArg: true })
    .option('system', { type: 'string', describe: "Nix system (default: this host's)", requiresArg: true })
    .option('suites', {
      type: 'string',
      describe: 'Folder of suites for the built-in driver (default: suites/vm)',
      requiresArg: true,
    })
    .option('kind', { choices: ['nixos', 'vm'] as const, describe: 'Only checks of this kind' })

/** Which checks, and where they come from. */
export const selection = (yargs: Argv) =>
  place(yargs)
    .option('tag', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'Only checks with this tag',
    })
    .option('not-tag', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'No check with this tag',
    })

/** How much at once, how long, how often. */
export const budget = (yargs: Argv) =>
  yargs
    .option('jobs', {
      type: 'number',
      describe: 'Checks at once (default: what memory and cores allow)',
      requiresArg: true,
    })
    .option('memory', { type: 'string', describe: 'Memory for all VMs together, like 7G', requiresArg: true })
    .option('cores', { type: 'number', describe: 'Cores for all VMs together', requiresArg: true })
    .option('timeout', {
      type: 'string',
      describe: 'Limit for one check, like 90s or 15m (60m)',
      requiresArg: true,
    })
    .option('retries', {
      type: 'number',
      defaultDescription: '0',
      describe: 'Attempts after a failed one',
      requiresArg: true,
    })
    .option('retry-on', {
      choices: ['any', 'errored'] as const,
      defaultDescription: 'any',
      describe: 'errored: retry only what the infrastructure broke',
    })
    .option('layers', {
      type: 'boolean',
      defaultDescription: 'true',
      describe: 'Skip what builds on a check that did not pass (--no-layers: do not)',
    })
    .option('fail-fast', {
      type: 'boolean',
      defaultDescription: 'false',
      describe: 'Start nothing after the first failure',
    })
    .option('shard', { type: 'string', describe: 'Part I of N, like 1/4', requiresArg: true })

/** Under which conditions checks run. */
export const profile = (yargs: Argv) =>
  yargs.option('profile', {
    type: 'string',
    describe: 'Run under the constraints of a profile, like latency',
    requiresArg: true,
  })

/** What a sweep varies. */
export const variation = (yargs: Argv) =>
  yargs
    .option('profiles', {
      type: 'string',
      defaultDescription: 'all',
      describe: 'Profiles or single constraints, like baseline,lossy,loss=5%',
      requiresArg: true,
    })
    .option('against', {
      type: 'string',
      describe: 'Sweep to compare with (default: the newest one before)',
      requiresArg: true,
    })
    .option('find', {
      type: 'string',
      describe: 'Find where checks stop passing: loss=0%..20%; also delay, jitter, rate',
      requiresArg: true,
    })
    .option('repeat', {
      type: 'number',
      defaultDescription: '3',
      describe: 'With --find: attempts at each value',
      requiresArg: true,
    })
    .option('points', {
      type: 'number',
      defaultDescription: '8',
      describe: 'With --find: values at most',
      requiresArg: true,
    })
    .option('within', {
      type: 'string',
      describe: 'With --find: end the search after this time, like 30m',
      requiresArg: true,
    })

/** How checks are executed, and what counts. */
export const execution = (yargs: Argv) =>
  yargs
    .option('accel', {
      choices: ['auto', 'kvm', 'tcg'] as const,
      defaultDescription: 'auto',
      describe: 'Accelerator of the VMs',
    })
    .option('via', {
      choices: ['build', 'driver'] as const,
      defaultDescription: 'build',
      describe: 'build: in the Nix sandbox; driver: build the driver and run it here',
    })
    .option('force', {
      type: 'boolean',
      defaultDescription: 'true',
      describe: 'Execute even what Nix has cached (--no-force: do not)',
    })
    .option('cached', {
      choices: ['fail', 'report'] as const,
      defaultDescription: 'report',
      describe: 'What a result that was not executed now means; never a pass',
    })
    .option('strict', {
      type: 'boolean',
      defaultDescription: 'false',
      describe: 'Exit 5 when any selected check was not executed',
    })
    .option('resume', {
      type: 'string',
      describe: 'Continue a run that was cut off: its id, its folder or latest',
      requiresArg: true,
    })
    .option('last-failed', {
      type: 'boolean',
      defaultDescription: 'false',
      describe: 'Only what did not pass in the newest run',
    })

/** What is written and shown. */
export const output = (yargs: Argv) =>
  verbosity(reportList(out(yargs))).option('json', {
    type: 'boolean',
    defaultDescription: 'false',
    describe: 'Print run.json on standard output at the end',
  })

/** Which reports are made. */
export const reportList = (yargs: Argv) =>
  junitGranularity(yargs).option('report', {
    type: 'string',
    defaultDescription: 'all files, and what suits the CI',
    describe: `Reports to make, of ${knownKinds.join(',')}`,
    requiresArg: true,
  })

/** What a case of JUnit stands for. */
export const junitGranularity = (yargs: Argv) =>
  yargs.option('junit-granularity', {
    choices: junitGranularities,
    defaultDescription: 'assertion',
    describe: 'What a case of JUnit stands for',
  })

/** How much of a run is told, see verbosity.ts. */
export const verbosity = (yargs: Argv) =>
  quiet(yargs)
    .option('verbose', {
      alias: 'v',
      type: 'boolean',
      defaultDescription: 'false',
      describe: 'Also say stages, phases and every assertion',
    })
    .option('vv', { type: 'boolean', describe: 'As -vv: the same, and every line of every console' })

/** Only what went wrong. */
export const quiet = (yargs: Argv) =>
  yargs.option('quiet', {
    alias: 'q',
    type: 'boolean',
    describe: 'Only say what did not pass, and how it ended',
  })

/** Where runs are. */
export const out = (yargs: Argv) =>
  yargs.option('out', {
    type: 'string',
    defaultDescription: 'reports',
    describe: 'Folder of all runs',
    requiresArg: true,
  })

/** Which parts of the configuration hold. */
export const section = (yargs: Argv) =>
  yargs.option('section', {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Section of the configuration to apply on top; may be repeated',
  })

/** The same, and whether it is shown. */
export const configuration = (yargs: Argv) =>
  section(yargs).option('show-config', {
    type: 'boolean',
    describe: 'Print every value and where it comes from, do nothing else',
  })
