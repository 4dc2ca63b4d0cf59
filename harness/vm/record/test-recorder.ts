import type { AssertionKind } from '../../model/assertion.ts'

/** Something that takes time and may fail. A block that fails is never closed. */
export type Step =
  | { type: 'work'; node: string | null; text: string }
  | { type: 'assertion'; node: string; kind: AssertionKind; text: string }
  | { type: 'subtest'; name: string }

/** One frame of a stack, in the test script or in the driver. */
export interface ScriptFrame {
  /** File of the driver, such as `node.ts`; null in the script. */
  driverFile: string | null
  line: number
  /** null at the top of the script. */
  function: string | null
  /** The source line, trimmed; null when the source is not at hand. */
  source: string | null
}

/** How a test script ended that did not reach its end. */
export interface ScriptError {
  error: Error
  /** Innermost last. */
  frames: ScriptFrame[]
}

/**
 * Where the driver says what happens. The first implementation prints the NixOS driver's log; nothing above
 * this interface knows that grammar.
 */
export interface TestRecorder {
  /** Reports the start of `body`, runs it, and reports its end when it did not throw. */
  step<T>(step: Step, body: () => Promise<T>): Promise<T>
  /** Reports a start whose end will never be told. */
  head(text: string): void
  /** A remark of the driver, or about a node. */
  remark(node: string | null, text: string): void
  /** One line of a node's console, as the guest wrote it, without its line end. */
  console(node: string, line: string): void
  /** What the test script prints. */
  print(text: string): void
  /** A subtest ended by throwing; the innermost reports first. */
  subtestFailed(name: string, error: Error): void
  /** The script ended by throwing; called before the clean-up. */
  scriptFailed(failure: ScriptError): void
  /** The same, called after the clean-up. */
  scriptFailedAfterCleanup(failure: ScriptError): void
}
