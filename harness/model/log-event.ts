import type { AssertionKind } from './assertion.ts'
import type { Accelerator, AssertionOutcome, Outcome } from './outcome.ts'
import type { Failure, Metric, NodeReport } from './report.ts'

/**
 * What happened inside one test, read from its driver log or told by our own driver. Every `line` is the
 * 1-based line of the input. Texts are sanitised: no escape codes, no control characters but tab and newline.
 */
export type LogEvent =
  /** The derivation or log prefix told the test's name. */
  | { type: 'testNamed'; name: string }
  /** The driver began to run the test script. */
  | { type: 'scriptStarted'; line: number }
  | { type: 'phaseEntered'; text: string; line: number }
  /** QEMU (or a container) of the node was started. */
  | { type: 'nodeStarted'; node: string; line: number }
  /** The node's root shell answered. */
  | { type: 'nodeBooted'; node: string; seconds: number | null; line: number }
  /** A constraint of the profile was put on a link, and the guest shows it. Only our own driver tells. */
  | { type: 'linkConstrained'; node: string; interface: string; text: string; line: number }
  | {
      type: 'assertionStarted'
      index: number
      node: string | null
      kind: AssertionKind
      text: string
      phase: string | null
      path: string[]
      line: number
    }
  /** May come again for the same assertion, when later lines tell it better: the last one counts. */
  | {
      type: 'assertionEnded'
      index: number
      outcome: AssertionOutcome
      caught: boolean
      seconds: number | null
      message: string | null
      output: string | null
    }
  /** What looked like assertions from this index on was text of a command, an output or a message. */
  | { type: 'assertionsWithdrawn'; from: number }
  | { type: 'metricRecorded'; metric: Metric }
  | { type: 'attachmentNamed'; path: string }
  /** A known pattern was found; `node` is null for the driver's own lines. */
  | { type: 'symptomSeen'; symptom: string; node: string | null; line: number; text: string }
  | { type: 'acceleratorSeen'; accelerator: Accelerator; line: number }
  /** The driver's own success mark: the script ran to its end. */
  | { type: 'scriptFinished'; seconds: number | null; line: number }
  /** The log is over. `outcome` is what its text alone proves. */
  | {
      type: 'logEnded'
      outcome: Outcome
      failure: Failure | null
      nodes: NodeReport[]
      seconds: number | null
    }

/** Where the reader of a log delivers. */
export interface LogSink {
  event(event: LogEvent): void
  /** A console line of a node, rendered and sanitised. Not part of the journal. */
  console?(node: string, text: string, line: number): void
}
