import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readResources } from '../host/resources.ts'
import type { Config } from '../model/config.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { Instance } from '../model/plan.ts'
import { UserError } from '../model/user-error.ts'
import { budgetFor } from '../plan/budget.ts'
import { select } from '../plan/select.ts'
import { oneLine } from '../reporters/safe-text.ts'
import type { AttemptResult, CheckPlace } from '../run/ports.ts'
import type { ShellArguments } from './arguments.ts'
import { openConfig } from './configuration.ts'
import { catchSignals } from './interruption.ts'
import { openPlace } from './place.ts'
import { planRun } from './planning.ts'
import { chosenProfile } from './profiles.ts'
import { ShellSession } from './shell-session.ts'

/** Nobody's patience is longer, and a limit there must be. */
const patienceSeconds = 30 * 24 * 3600

/** `shell`: the nodes of one check for a person, or for commands on standard input. */
export async function shell(args: ShellArguments): Promise<ExitCode> {
  const { config } = await openConfig(args)
  const note = (text: string) => void process.stderr.write(`${oneLine(text)}\n`)
  const place = openPlace(args, config, readResources(), note)
  const instance = await chosenInstance(place, args, config)
  if (instance.check.kind === 'nixos') {
    const { nixShell } = await import('./nix-shell.ts')
    return nixShell(instance, args, config, note)
  }
  note('making guests ready')
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-shell-'))
  const interruption = catchSignals()
  const session = new ShellSession((instance.metadata?.nodes ?? []).map(({ name }) => name))
  try {
    const request = {
      ...{ instance, attempt: 1, folder, timeoutSeconds: patienceSeconds, force: true },
      ...{ via: 'build' as const, accel: args.accel ?? 'auto', operator: session.operator },
    }
    const result = await place.attempt(request, session.observer, interruption.signal)
    if (interruption.cause() === 'SIGTERM') return exitCodes.terminated
    return exitCodeFor(result, session)
  } finally {
    session.close()
    interruption.release()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @throws UserError when it is not one check, or one that cannot run here */
async function chosenInstance(place: CheckPlace, args: ShellArguments, config: Config): Promise<Instance> {
  const asked = { names: [args.check], tags: [], notTags: [], kind: args.kind ?? null }
  const selected = select(await place.list(), asked)
  const [one, ...more] = selected
  if (!one || more.length > 0) {
    const names = selected.map(({ check }) => check.name).join(', ')
    throw new UserError(`${args.check}: a shell is for one check`, [`name one of ${names}`])
  }
  const profile = await chosenProfile(args, config)
  const wanted = { selected: [{ ...one, profile }], shard: null, remarks: [], durations: new Map() }
  const context = {
    ...{ source: place, config, args: { accel: args.accel ?? ('auto' as const) } },
    ...{ budget: budgetFor(readResources(), { jobs: null, memoryMiB: null, cores: null }) },
    ...{ timeoutSeconds: null, unsuited: 'skip' as const },
  }
  const rest = { notTags: [], before: new Map(), done: [] }
  const { items, leftOut } = await planRun({ ...wanted, ...rest }, context, new AbortController().signal)
  const [item] = items
  switch (item?.type) {
    case 'run':
      return item.instance
    case 'error':
      throw new UserError(item.failure.message, item.details, exitCodes.infrastructure)
    case 'skip':
      throw new UserError(`${args.check}: ${item.reason}`, [], exitCodes.notExecuted)
    default:
      throw new UserError(
        `${args.check}: ${leftOut[0]?.reason ?? 'nothing to run'}`,
        [],
        exitCodes.notExecuted,
      )
  }
}

function exitCodeFor({ end, details }: AttemptResult, { lastStatus }: ShellSession): ExitCode {
  switch (end.type) {
    case 'succeeded':
      return lastStatus === 0 ? exitCodes.passed : exitCodes.failed
    case 'interrupted':
      return exitCodes.interrupted
    case 'broken':
    case 'builder-failed':
    case 'timed-out':
      throw new UserError(`the nodes are gone: ${end.message}`, details, exitCodes.infrastructure)
  }
}
