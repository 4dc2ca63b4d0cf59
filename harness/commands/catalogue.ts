import type { Argv } from 'yargs'
import type { ExitCode } from '../model/exit-code.ts'
import {
  budget,
  configuration,
  execution,
  junitGranularity,
  out,
  output,
  place,
  profile,
  quiet,
  reportList,
  section,
  selection,
  variation,
} from './options.ts'
import { pipeline } from './pipeline-options.ts'

/** One subcommand. Its implementation is loaded only when it is called, so that help starts at once. */
export interface Subcommand {
  /** yargs syntax: the name, then positionals. */
  usage: string
  describe: string
  /** [command line behind `vmproof`, what it does] */
  examples: [string, string][]
  options(yargs: Argv): Argv
  load(): Promise<(args: never) => Promise<ExitCode>>
}

const hostKind = { choices: ['nixos', 'vm'] as const, describe: 'Only what checks of this kind need' }

/** All subcommands, in the order of the help. */
export const commands: Subcommand[] = [
  {
    usage: 'run [checks..]',
    describe: 'Really execute checks and report every assertion',
    examples: [
      ['run', 'every check that this host can run'],
      ['run k3s-network "storage-*"', 'by name or glob'],
      ['run --tag network --jobs 2 --timeout 15m', 'by tag, within limits'],
      ['run --file default.nix --attr tests', 'a project without a flake'],
      ['run k3s-network --profile edge', 'over slow, lossy links; profiles/README.md tells which there are'],
      ['run --resume latest', 'what a killed or interrupted run did not come to'],
    ],
    options: (yargs) =>
      configuration(output(execution(profile(budget(selection(yargs))))))
        .option('dry-run', { type: 'boolean', describe: 'Print the plan, run nothing' })
        .option('setup', {
          type: 'boolean',
          describe: 'First install what is missing on this host',
        }),
    load: async () => (await import('./run.ts')).run,
  },
  {
    usage: 'sweep [checks..]',
    describe: 'Run checks under each of several profiles, or find where they stop passing',
    examples: [
      ['sweep', 'every check under every profile; a matrix, and what changed since the last sweep'],
      ['sweep k3s-network --profiles baseline,edge,loss=5%', 'one check under some conditions'],
      ['sweep k3s-network --find loss=0%..20%', 'the loss at which it stops passing'],
      [
        'sweep k3s-network --find rate=64kbit..10mbit --repeat 5 --within 1h',
        'with more certainty, in limited time',
      ],
    ],
    options: (yargs) =>
      configuration(output(execution(variation(budget(selection(yargs)))))).option('dry-run', {
        type: 'boolean',
        describe: 'Print the plan, run nothing',
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
      configuration(profile(selection(yargs)))
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
      junitGranularity(yargs)
        .option('format', {
          choices: ['tree', 'json', 'junit'] as const,
          default: 'tree' as const,
          describe: 'Output',
        })
        .option('quiet', { alias: 'q', type: 'boolean', describe: 'Show only what did not pass' })
        .option('exit-code', { type: 'boolean', default: false, describe: 'Exit as the run would have' }),
    load: async () => (await import('./parse.ts')).parse,
  },
  {
    usage: 'report [runs..]',
    describe: 'Rebuild the reports of a run from its journal; merge several',
    examples: [
      ['report', 'the newest run'],
      ['report 20261120T073700Z-1a2b --exit-code', 'one run, with its exit code'],
      ['report reports/*/events.ndjson --to merged', 'all runs, as one report in a folder of your choice'],
      ['report RUN RUN --exit-code --expect storage', 'not green unless storage is in one of them'],
    ],
    options: (yargs) =>
      quiet(reportList(out(section(yargs))))
        .option('verbose', { alias: 'v', type: 'boolean', describe: 'Also every assertion, as a tree' })
        .option('to', {
          type: 'string',
          describe: 'Folder for the reports (default: that of the run)',
          requiresArg: true,
        })
        .option('keep-history', {
          type: 'boolean',
          default: false,
          describe: 'Add runs of other machines to the history here',
        })
        .option('expect', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: 'A check that must be in the report, like a or a@lossy; may be repeated',
        })
        .option('format', {
          choices: ['tree', 'json', 'junit'] as const,
          describe: 'Print the report in this form; write no files',
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
      out(section(yargs)).option('json', {
        type: 'boolean',
        default: false,
        describe: 'Machine-readable, on standard output',
      }),
    load: async () => (await import('./history.ts')).history,
  },
  {
    usage: 'ci <pipeline> [checks..]',
    describe: 'Print a GitLab or GitHub pipeline that runs checks, each on a runner that has what it needs',
    examples: [
      ['ci gitlab > vm.yml', 'a child pipeline with a job for each check, and one that merges the reports'],
      ['ci gitlab "k3s-*" --by group', 'a job for each group; layers wait for those below'],
      ['ci gitlab --kind vm --shards 3 --accel tcg --image node:20-bookworm', 'without KVM, in containers'],
      ['ci github --no-sweep > .github/workflows/vm.yml', 'a workflow, without nightly jobs'],
    ],
    options: (yargs) => pipeline(out(section(profile(selection(yargs))))),
    load: async () => (await import('./ci.ts')).ci,
  },
  {
    usage: 'shell <check>',
    describe: "Use a check's nodes by hand: run commands, watch consoles, run its script",
    examples: [
      ['shell two-nodes', 'a prompt; nodes start at their first command'],
      ['shell k3s-network', "NixOS's own interactive driver"],
      ['shell smoke < commands', 'lines like "machine: uname -a"; the last one decides the exit code'],
    ],
    options: (yargs) =>
      section(profile(place(yargs))).option('accel', {
        choices: ['auto', 'kvm', 'tcg'] as const,
        defaultDescription: 'auto',
        describe: 'Accelerator of the VMs',
      }),
    load: async () => (await import('./shell.ts')).shell,
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
      yargs.option('kind', hostKind).option('json', {
        type: 'boolean',
        default: false,
        describe: 'Machine-readable, on standard output',
      }),
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
