import type { Argv } from 'yargs'
import type { ExitCode } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'

/** One subcommand. Its implementation is loaded only when it is called, so that help starts at once. */
export interface Command {
  /** yargs syntax: the name, then positionals. */
  usage: string
  describe: string
  /** [command line behind `vmproof`, what it does] */
  examples: [string, string][]
  options(yargs: Argv): Argv
  load(): Promise<(args: never) => Promise<ExitCode>>
}

/** An unset variable in a script: `--flake "$REF"`. It is no way to ask for the default. */
function refuseEmptyValues(args: Record<string, unknown>): true {
  const holding = (names: string[], value: unknown) =>
    names.find((name) => [args[name]].flat().includes(value))
  const options = Object.keys(args).filter((name) => !positionals.includes(name))
  const empty = holding(options, '')
  if (empty !== undefined) {
    throw new UserError(`--${empty}: its value is empty`, ['give it one, or leave the option out'])
  }
  const negated = holding(valued, false)
  if (negated === undefined) return true
  throw new UserError(`--no-${negated}: there is no such option`, [`leave --${negated} out`])
}

const positionals = ['_', 'checks', 'files', 'runs']
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
]

const selection = (yargs: Argv) =>
  yargs
    .check(refuseEmptyValues)
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

const budget = (yargs: Argv) =>
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
      default: 0,
      describe: 'Attempts after a failed one',
      requiresArg: true,
    })
    .option('retry-on', {
      choices: ['any', 'errored'] as const,
      default: 'any' as const,
      describe: 'errored: retry only what the infrastructure broke',
    })
    .option('layers', {
      type: 'boolean',
      default: true,
      describe: 'Skip what builds on a check that did not pass (--no-layers: do not)',
    })
    .option('fail-fast', {
      type: 'boolean',
      default: false,
      describe: 'Start nothing after the first failure',
    })
    .option('shard', { type: 'string', describe: 'Part I of N, like 1/4', requiresArg: true })

const execution = (yargs: Argv) =>
  yargs
    .option('accel', {
      choices: ['auto', 'kvm', 'tcg'] as const,
      default: 'auto' as const,
      describe: 'Accelerator of the VMs',
    })
    .option('via', {
      choices: ['build', 'driver'] as const,
      default: 'build' as const,
      describe: 'Inside the Nix sandbox, or build the driver and run it here',
    })
    .option('force', {
      type: 'boolean',
      default: true,
      describe: 'Execute even what Nix has cached (--no-force: do not)',
    })
    .option('cached', {
      choices: ['fail', 'report'] as const,
      default: 'report' as const,
      describe: 'What a result that was not executed now means; never a pass',
    })
    .option('strict', {
      type: 'boolean',
      default: false,
      describe: 'Exit 5 when any selected check was not executed',
    })
    .option('last-failed', {
      type: 'boolean',
      default: false,
      describe: 'Only what did not pass in the newest run',
    })

const output = (yargs: Argv) =>
  yargs
    .option('report', {
      type: 'string',
      describe: 'Reports to write, of junit,json (default: both)',
      requiresArg: true,
    })
    .option('out', { type: 'string', default: 'reports', describe: 'Folder of all runs', requiresArg: true })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'Print run.json on standard output at the end',
    })
    .option('verbose', {
      type: 'boolean',
      default: false,
      describe: 'Also say stages, phases and every assertion',
    })

const hostKind = { choices: ['nixos', 'vm'] as const, describe: 'Only what checks of this kind need' }

/** All subcommands, in the order of the help. */
export const commands: Command[] = [
  {
    usage: 'run [checks..]',
    describe: 'Really execute checks and report every assertion',
    examples: [
      ['run', 'every check that this host can run'],
      ['run k3s-network "storage-*"', 'by name or glob'],
      ['run --tag network --jobs 2 --timeout 15m', 'by tag, within limits'],
      ['run --file default.nix --attr tests', 'a project without a flake'],
    ],
    options: (yargs) =>
      output(execution(budget(selection(yargs))))
        .option('dry-run', { type: 'boolean', default: false, describe: 'Print the plan, run nothing' })
        .option('setup', {
          type: 'boolean',
          default: false,
          describe: 'First install what is missing on this host',
        }),
    load: async () => (await import('./run.ts')).run,
  },
  {
    usage: 'list [checks..]',
    describe: 'Show what checks exist and what they need',
    examples: [
      ['list', 'all names; evaluates no check'],
      ['list "k3s-*"', 'evaluates these: nodes, memory, whether they can run here'],
    ],
    options: (yargs) =>
      selection(yargs)
        .option('eval', { type: 'boolean', describe: 'Evaluate the checks (default: only those named)' })
        .option('json', {
          type: 'boolean',
          default: false,
          describe: 'Machine-readable, on standard output',
        }),
    load: async () => (await import('./list.ts')).list,
  },
  {
    usage: 'parse [files..]',
    describe: 'Read driver logs or Nix output from anywhere and report on them',
    examples: [
      ['parse job.log', 'the assertions of a CI log as a tree'],
      ['parse --format junit - < driver.log', 'JUnit from standard input'],
    ],
    options: (yargs) =>
      yargs
        .option('format', {
          choices: ['tree', 'json', 'junit'] as const,
          default: 'tree' as const,
          describe: 'Output',
        })
        .option('exit-code', { type: 'boolean', default: false, describe: 'Exit as the run would have' }),
    load: async () => (await import('./parse.ts')).parse,
  },
  {
    usage: 'report [runs..]',
    describe: 'Rebuild the reports of a run from its journal; merge several',
    examples: [
      ['report', 'the newest run'],
      ['report 20261120T073700Z-1a2b --exit-code', 'one run, with its exit code'],
    ],
    options: (yargs) =>
      yargs
        .option('report', { type: 'string', describe: 'Reports to write, of junit,json', requiresArg: true })
        .option('format', { choices: ['tree', 'json', 'junit'] as const, describe: 'Print one instead' })
        .option('out', {
          type: 'string',
          default: 'reports',
          describe: 'Folder of all runs',
          requiresArg: true,
        })
        .option('exit-code', { type: 'boolean', default: false, describe: 'Exit as the run did' }),
    load: async () => (await import('./report.ts')).report,
  },
  {
    usage: 'history [checks..]',
    describe: 'Pass rate, flakiness and durations over past runs',
    examples: [
      ['history', 'every check that ever ran here'],
      ['history "k3s-*" --json', 'machine-readable'],
    ],
    options: (yargs) =>
      yargs
        .option('out', {
          type: 'string',
          default: 'reports',
          describe: 'Folder of all runs',
          requiresArg: true,
        })
        .option('json', { type: 'boolean', default: false, describe: 'On standard output' }),
    load: async () => (await import('./history.ts')).history,
  },
  {
    usage: 'doctor',
    describe: 'Say what this host can do, what is missing, and how to mend it',
    examples: [
      ['doctor', 'also boots a kernel to see whether KVM works'],
      ['doctor --kind vm', 'without Nix'],
      ['doctor --json', 'machine-readable'],
    ],
    options: (yargs) =>
      yargs
        .option('kind', hostKind)
        .option('json', { type: 'boolean', default: false, describe: 'On standard output' }),
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    usage: 'setup',
    describe: 'Install what doctor finds missing (Debian, Ubuntu)',
    examples: [
      ['setup --yes', 'without asking'],
      ['setup --kind vm', 'QEMU and what guests are made with; no Nix'],
    ],
    options: (yargs) =>
      yargs
        .option('kind', hostKind)
        .option('yes', { type: 'boolean', default: false, describe: 'Do not ask' })
        .option('dry-run', { type: 'boolean', default: false, describe: 'Only print the commands' }),
    load: async () => (await import('./setup.ts')).setup,
  },
]
