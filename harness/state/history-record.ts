import { type HistoryRecord, historySchema } from '../model/history.ts'
import type { AttemptRecord, InstanceState, RunState } from './run-state.ts'

/** What the history keeps of an attempt; null while it has not ended. */
export function toHistoryRecord(
  { run }: Pick<RunState, 'run'>,
  { planned }: InstanceState,
  { attempt, ended, log }: AttemptRecord,
): HistoryRecord | null {
  if (!ended) return null
  const { outcome, execution, seconds, failure } = ended
  return {
    schema: historySchema,
    run: run.id,
    at: ended.at,
    // Each machine keeps files of its own.
    host: run.resumptions?.at(-1)?.host ?? run.host.name,
    check: planned.check,
    kind: planned.kind,
    profile: planned.profile,
    accelerator: ended.accelerator ?? planned.accelerator,
    attempt,
    outcome,
    execution,
    seconds,
    subject: planned.derivation,
    failure: failure && {
      kind: failure.kind,
      node: failure.node,
      assertion: failure.assertion === null ? null : (log.assertions[failure.assertion]?.text ?? null),
      message: failure.message,
    },
    metrics: log.metrics,
  }
}
