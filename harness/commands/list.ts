import { readNewestReport } from '../filesystem/newest-report.ts'
import { readResources } from '../host/resources.ts'
import type { DescribedCheck, ListedCheck } from '../model/check.ts'
import type { Config } from '../model/config.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { Profile } from '../model/profile.ts'
import { type Budget, budgetFor } from '../plan/budget.ts'
import { instanceOf, systemOf } from '../plan/instances.ts'
import { whyTooLarge } from '../plan/plan.ts'
import { acceleratorAsked, instanceId, whyNotUnder } from '../plan/profiles.ts'
import { hasRightTags, select } from '../plan/select.ts'
import { oneLine } from '../reporters/safe-text.ts'
import type { CheckPlace } from '../run/ports.ts'
import type { ListArguments } from './arguments.ts'
import { type ListRow, rowsJson, rowsText } from './check-rows.ts'
import { openConfig } from './configuration.ts'
import { namesOf } from './named-checks.ts'
import { openPlace } from './place.ts'
import { chosenProfile } from './profiles.ts'
import { runsFolder } from './settings.ts'
import { showConfig } from './show-config.ts'
import { guardStandardStreams, print } from './standard-streams.ts'

/**
 * Shows what checks exist. Without names nothing is evaluated; with names or `--eval` what evaluation tells is
 * added. The configuration's default selection is for running: listing shows everything.
 */
export async function list(args: ListArguments): Promise<ExitCode> {
  guardStandardStreams()
  const loaded = await openConfig(args)
  if (args.showConfig) return showConfig(args, loaded, args.json)
  const { config } = loaded
  const profile = await chosenProfile(args, config)
  const host = readResources()
  const source = openPlace(args, config, host, (text) => void process.stderr.write(`${oneLine(text)}\n`))
  const budget = budgetFor(host, { jobs: null, memoryMiB: null, cores: null })
  const names = namesOf(args)
  const selection = { names, tags: args.tag, notTags: args.notTag, kind: args.kind ?? null }
  const checks = select(await source.list(), selection).map(({ check }) => check)
  // Suites have been evaluated to be listed.
  const evaluate = ({ kind }: ListedCheck) => args.eval ?? (names.length > 0 || kind === 'vm')
  const rows = await rowsOf(checks, evaluate, { source, config, budget, profile })
  const shown = rows.filter((row) => hasRightTags(row.tags, selection))
  await addLastResults(shown, runsFolder({}, loaded), profile)
  print(args.json ? rowsJson(shown) : rowsText(shown))
  return shown.some(({ error }) => error !== null) ? exitCodes.infrastructure : exitCodes.passed
}

interface Surroundings {
  source: CheckPlace
  config: Config
  budget: Budget
  profile: Profile | null
}

async function rowsOf(
  checks: ListedCheck[],
  evaluate: (check: ListedCheck) => boolean,
  surroundings: Surroundings,
): Promise<ListRow[]> {
  const key = ({ kind, name }: ListedCheck) => `${kind} ${name}`
  const rows = new Map<string, ListRow>()
  for await (const check of surroundings.source.describe(
    checks.filter(evaluate),
    new AbortController().signal,
    surroundings.profile,
  )) {
    rows.set(key(check), await describedRow(check, surroundings))
  }
  return checks.map((check) => rows.get(key(check)) ?? listedRow(check))
}

function listedRow({ name, kind, tags, target }: ListedCheck): ListRow {
  return {
    name,
    kind,
    tags,
    attribute: target.attribute,
    evaluated: false,
    isVmTest: null,
    system: null,
    nodes: null,
    memoryMiB: null,
    cores: null,
    timeoutSeconds: null,
    description: null,
    runnable: null,
    reason: null,
    error: null,
    last: null,
  }
}

async function describedRow(
  check: DescribedCheck,
  { source, config, budget, profile }: Surroundings,
): Promise<ListRow> {
  const { metadata, error } = check
  const row = { ...listedRow(check), evaluated: true }
  if (!metadata) return { ...row, runnable: false, error: error ?? null }
  const { whyNot, accelerator } = await source.fitness(check, acceleratorAsked(profile, 'auto'))
  const options = {
    accel: 'auto',
    accelerators: new Map(accelerator === null ? [] : [[instanceId(check.name, profile), accelerator]]),
    timeoutSeconds: null,
    overrides: config.checks,
    quarantine: config.quarantine,
    groups: config.groups,
    durations: new Map(),
  } as const
  const selected = { namedExplicitly: false, profile }
  const { needs, timeoutSeconds, check: known, metadata: told } = instanceOf(check, selected, options)
  const unsuited = profile && whyNotUnder(profile, told ?? metadata)
  const reason = unsuited ?? whyNot ?? whyTooLarge(needs, budget)
  return {
    ...row,
    tags: known.tags,
    isVmTest: told?.isVmTest ?? metadata.isVmTest,
    system: systemOf(metadata),
    nodes: told?.nodes ?? null,
    memoryMiB: needs.memoryMiB,
    cores: needs.cores,
    timeoutSeconds,
    description: metadata.description,
    runnable: reason === null,
    reason,
  }
}

/** What the newest run in the usual place said of them under this profile. */
async function addLastResults(rows: ListRow[], out: string, profile: Profile | null): Promise<void> {
  const report = await readNewestReport(out).catch(() => null)
  for (const row of rows) {
    const last = report?.checks.find(
      (check) => check.name === row.name && check.profile === (profile?.name ?? null),
    )
    if (last) row.last = { outcome: last.outcome, seconds: last.seconds, run: report?.run.id ?? '' }
  }
}
