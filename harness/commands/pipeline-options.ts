import type { Argv } from 'yargs'

/** How checks become the jobs of a pipeline. */
export const pipeline = (yargs: Argv) =>
  yargs
    .positional('pipeline', { choices: ['gitlab', 'github'] as const, describe: 'Whose pipeline' })
    .option('by', {
      choices: ['check', 'group', 'shard'] as const,
      defaultDescription: 'check, and shard above what the CI system bears',
      describe: 'A job for each check, for each group of the configuration, or some of equal length',
    })
    .option('shards', {
      type: 'number',
      defaultDescription: '4',
      describe: 'So many jobs of equal length; implies --by shard',
      requiresArg: true,
    })
    .option('accel', {
      choices: ['auto', 'kvm', 'tcg'] as const,
      defaultDescription: 'auto',
      describe: 'auto: runners with KVM only for checks that cannot do without',
    })
    .option('via', {
      choices: ['build', 'driver'] as const,
      defaultDescription: 'build',
      describe: 'Inside the Nix sandbox, or build the driver and run it on the runner',
    })
    .option('timeout', { type: 'string', describe: 'Limit for one check, like 15m', requiresArg: true })
    .option('retries', { type: 'number', describe: 'Attempts after a failed one', requiresArg: true })
    .option('retry-on', { choices: ['any', 'errored'] as const, describe: 'What is attempted again' })
    .option('sweep', {
      type: 'boolean',
      defaultDescription: 'true',
      describe: 'Nightly jobs, one for each profile (--no-sweep: none)',
    })
    .option('profiles', {
      type: 'string',
      defaultDescription: 'all',
      describe: 'Profiles of these nightly jobs, like baseline,lossy',
      requiresArg: true,
    })
    .option('program', {
      type: 'string',
      describe: 'How a job starts vmproof, like "npx vmproof" (default: as you did)',
      requiresArg: true,
    })
    .option('image', { type: 'string', describe: 'Container image of the jobs', requiresArg: true })
    .option('before', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'Shell line before each job (default: installs packages and, with --image, QEMU and Nix)',
    })
