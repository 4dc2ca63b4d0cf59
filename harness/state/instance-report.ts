import type { Outcome } from '../model/outcome.ts'
import type { AttemptTimes, CheckReport, EarlierAttempt, Failure } from '../model/report.ts'
import { emptyAttempt } from './attempt-state.ts'
import { toCheckReport } from './check-report.ts'
import { coveringEntry } from './quarantine.ts'
import type { AttemptRecord, InstanceState } from './run-state.ts'

/** The report of one instance: its last attempt, or why there is none. */
export function toInstanceReport(instance: InstanceState): CheckReport {
  const last = instance.attempts.at(-1)
  const report = last && !isSkipped(instance, last) ? attempted(instance, last) : notAttempted(instance)
  return instance.errored ? { ...report, ...errored(instance.errored) } : report
}

/**
 * A skip counts where no attempt came to an end: one that found its result cached, or one that was cut off before the
 * run went on without it. What was interrupted twice stays what it was, with all that it had measured.
 */
function isSkipped({ skipped }: InstanceState, { ended }: AttemptRecord): boolean {
  const isCutOff = ended === null || ended.outcome === 'interrupted'
  return isCutOff && skipped !== null && skipped.kind !== 'interrupted'
}

function attempted(instance: InstanceState, last: AttemptRecord): CheckReport {
  const { ended } = last
  const earlier = instance.attempts.slice(0, -1).map(earlierAttempt)
  const outcome = ended?.outcome ?? 'interrupted'
  const report = toCheckReport(last.log, {
    ...planFacts(instance),
    accelerator: ended?.accelerator ?? last.log.accelerator ?? instance.planned.accelerator,
    outcome,
    execution: ended?.execution ?? (last.log.scriptStarted ? 'executed' : 'unknown'),
    seconds: ended?.seconds ?? null,
    attempts: instance.attempts.length,
    flaky: isFlaky(earlier, outcome),
    failure: ended?.failure ?? null,
    nodes: ended?.nodes ?? last.log.verdict?.nodes ?? last.log.nodes,
    notes: ended ? ended.notes : ['the run ended before this attempt did'],
    ...timesOf(last),
    consoles: ended?.consoles ?? [],
    details: ended?.details ?? [],
    folder: last.folder || null,
    earlier,
  })
  report.quarantine = coveringEntry(report, instance.planned.quarantine ?? [])
  return report
}

function notAttempted(instance: InstanceState): CheckReport {
  const { skipped, attempts } = instance
  // Finding a result cached was no attempt after all.
  const earlier = (skipped?.kind === 'cached' ? attempts.slice(0, -1) : attempts).map(earlierAttempt)
  return toCheckReport(emptyAttempt(), {
    ...planFacts(instance),
    outcome: 'skipped',
    execution: skipped?.execution ?? 'unknown',
    attempts: earlier.length,
    earlier,
    assertions: skipped?.earlier ?? [],
    reason: skipped?.reason ?? 'the run ended before it started',
    skip: skipped?.kind ?? 'interrupted',
  })
}

function errored(event: { failure: Failure; details: string[] }): Partial<CheckReport> {
  return { outcome: 'errored', failure: event.failure, details: event.details, reason: null, skip: null }
}

function planFacts({ planned }: InstanceState) {
  return {
    name: planned.check,
    kind: planned.kind,
    profile: planned.profile,
    accelerator: planned.accelerator,
    tags: planned.tags,
    system: planned.system,
    derivation: planned.derivation,
    ...(planned.suiteFile !== undefined && { suiteFile: planned.suiteFile }),
    namedExplicitly: planned.namedExplicitly,
    needs: planned.needs ?? null,
  }
}

function earlierAttempt(record: AttemptRecord): EarlierAttempt {
  return {
    attempt: record.attempt,
    outcome: record.ended?.outcome ?? 'interrupted',
    failure: record.ended?.failure ?? null,
    seconds: record.ended?.seconds ?? null,
    folder: record.folder || null,
    ...timesOf(record),
  }
}

function timesOf({ startedAt, ended, lastAt, stages }: AttemptRecord): AttemptTimes {
  return { startedAt, endedAt: ended?.at ?? lastAt, stages }
}

/** A check that said no and later yes. An attempt that the infrastructure broke said nothing about the check. */
export function isFlaky(earlier: EarlierAttempt[], outcome: Outcome): boolean {
  return (
    outcome === 'passed' && earlier.some((one) => one.outcome === 'failed' || one.outcome === 'timed-out')
  )
}
