import type { Execution, Outcome } from '../model/outcome.ts'
import type { CheckReport } from '../model/report.ts'
import { type AttemptState, showsDriver } from './attempt-state.ts'
import { withCause } from './cause.ts'

/**
 * The result of one check from what its log told. `facts` are what somebody knows better than the log, such as
 * the outcome that the executor and the log's verdict were judged to together; they replace the log's.
 */
export function toCheckReport(attempt: AttemptState, facts: Partial<CheckReport> = {}): CheckReport {
  const { verdict } = attempt
  // Assigned, not spread: for so many fields a spread takes ten times as long, and `parse` makes thousands.
  const report: CheckReport = {
    name: attempt.name,
    kind: holdsTest(attempt) ? 'nixos' : null,
    profile: null,
    accelerator: attempt.accelerator,
    outcome: verdict?.outcome ?? 'unknown',
    execution: executionOf(attempt),
    seconds: verdict?.seconds ?? null,
    attempts: 1,
    flaky: false,
    quarantine: null,
    assertions: attempt.assertions,
    failure: verdict?.failure ?? null,
    nodes: verdict?.nodes ?? attempt.nodes,
    diagnosis: [],
    metrics: attempt.metrics,
    notes: [],
    reason: null,
    skip: null,
    namedExplicitly: false,
    tags: [],
    system: null,
    derivation: null,
    startedAt: null,
    endedAt: null,
    stages: [],
    needs: null,
    consoles: [],
    details: [],
    symptoms: attempt.symptoms,
    attachments: attempt.attachments,
    folder: null,
    earlier: [],
  }
  Object.assign(report, facts)
  report.assertions = withCause(report)
  return report
}

function holdsTest(attempt: AttemptState): boolean {
  const outcome: Outcome = attempt.verdict?.outcome ?? 'unknown'
  return showsDriver(attempt) || outcome !== 'unknown'
}

/** A driver's log is evidence that its script ran when the log was written; without such lines nothing is known. */
function executionOf(attempt: AttemptState): Execution {
  return showsDriver(attempt) ? 'executed' : 'unknown'
}
