import type { AssertionOutcome } from './outcome.ts'

/** The driver's method, as far as its log tells it; see the contract for what each one's text holds. */
export const assertionKinds = [
  'succeed',
  'fail',
  'execute',
  'wait_for_unit',
  'require_unit_state',
  'wait_until_succeeds',
  'wait_until_fails',
  'wait_for_open_port',
  'wait_for_closed_port',
  'wait_for_file',
  'wait_for_console_text',
  'wait_for_shutdown',
  'wait_until_tty_matches',
  'wait_for_text',
  'wait_for_window',
  'wait_for_x',
  'send_key',
  'send_chars',
  'screenshot',
  'polling_condition',
  'nested',
  'subtest',
  'python',
] as const

/** One of `assertionKinds`. */
export type AssertionKind = (typeof assertionKinds)[number]

/** One thing the script demanded of a node or of a value. */
export interface Assertion {
  /** Position among the assertions of its check, in the order in which they started. */
  index: number
  /** null for script-level ones. */
  node: string | null
  kind: AssertionKind
  /** What was demanded, without the driver's phrase and quotes. May hold several lines. */
  text: string
  /** The last phase banner before it. */
  phase: string | null
  /** Enclosing subtests, outermost first. */
  path: string[]
  /** It failed, and the script went on. */
  caught: boolean
  outcome: AssertionOutcome
  /** null where the log does not say. */
  seconds: number | null
  /** 1-based line of the input in which it started. */
  line: number
  /** The driver's words, on failure; null where the log has none, as for a failure that the script caught. */
  message: string | null
  /** Command output where the log carries it, cut at `outputLimit`. */
  output: string | null
}

/** Largest command output kept with an assertion, in bytes of UTF-8. */
export const outputLimit = 16 * 1024
