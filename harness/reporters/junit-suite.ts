import type { CheckReport, RunInfo } from '../model/report.ts'
import type { SuiteFacts } from './junit-elements.ts'
import { checkTitle, quarantineText } from './wording.ts'

/** What the suite of a check says beside its cases. @param run null for a log that belongs to none */
export function suiteFacts(check: CheckReport, run: RunInfo | null): SuiteFacts {
  const at = check.startedAt ?? run?.startedAt
  return {
    name: checkTitle(check),
    hostname: run && hostOf(check, run),
    // Consumers read it with Surefire's pattern, which has no fractions.
    timestamp: at?.replace(/\.\d+/, '') ?? null,
    properties: properties(check),
  }
}

/** The machine of the last attempt: shards and resumed runs have several. */
function hostOf({ run: id, startedAt }: CheckReport, run: RunInfo): string {
  const part = run.parts?.find((one) => one.id === id) ?? run
  const { resumptions = [] } = part
  return resumptions.findLast(({ at }) => startedAt !== null && at <= startedAt)?.host ?? part.host.name
}

function properties(check: CheckReport): [string, string][] {
  const facts: [string, string | null][] = [
    ['outcome', check.outcome],
    ['execution', check.execution],
    ['accelerator', check.accelerator],
    ['system', check.system],
    ['derivation', check.derivation],
    ['profile', check.profile],
    ['attempts', String(check.attempts)],
    ['flaky', check.flaky ? 'true' : null],
    ['quarantine', quarantineText(check)[0] ?? null],
    ['reason', check.reason],
    ...check.notes.map((note): [string, string] => ['note', note]),
    ...check.metrics.map(({ name, value, unit, node }): [string, string] => [
      `metric.${name}${node === null ? '' : `.${node}`}`,
      `${value} ${unit}`,
    ]),
  ]
  return facts.filter((fact): fact is [string, string] => fact[1] !== null)
}
