import type { AssertionKind } from '../../model/assertion.ts'

/** Something that takes time and may fail. */
export type Step =
  /** The driver's own bookkeeping. */
  | { type: 'work'; node: string | null; text: string }
  /** The whole test script. */
  | { type: 'script' }
  /** One thing that the script demands of a node, or does to the test's surroundings (kind `nested`). */
  | { type: 'assertion'; node: string | null; kind: AssertionKind; text: string }
  /** A named part of the script. */
  | { type: 'subtest'; name: string }

/** A step that began. */
export interface Block {
  step: Step
  /** The block whose body began it, exact also where steps run side by side. */
  parent: Block | null
  /** A time of `performance.now()`. */
  start: number
}

/** One frame of a stack, in the test script or in the driver. */
export interface ScriptFrame {
  /** As a traceback shows it: the script's own, or one of the driver such as `test_driver/node.ts`. */
  file: string
  inDriver: boolean
  line: number
  /** null at the top of the script. */
  function: string | null
  /** The source line, trimmed; null when the source is not at hand. */
  source: string | null
}

/** How a test script ended that did not reach its end. */
export interface ScriptError {
  /** Whatever was thrown, to recognise it where it comes by. */
  thrown: unknown
  error: Error
  /** Innermost last. */
  frames: ScriptFrame[]
}

/** Why a block failed. Texts are sanitised. */
export interface BlockFailure {
  /** Whatever was thrown, to recognise it where it arrives. */
  thrown: unknown
  message: string
  /** What a command had printed, or printed last; null where nothing is known of it. */
  output: string | null
}

/**
 * What happens in a test, in the order in which it happens. Both records of a test, its log and its events, are
 * made from these. Texts are sanitised, but for console lines: those are the guest's.
 */
export type Fact =
  | { type: 'blockBegan'; block: Block }
  | { type: 'blockEnded'; block: Block; seconds: number }
  | { type: 'blockFailed'; block: Block; seconds: number; failure: BlockFailure }
  /** Names of everything that the script can use, which begins now. */
  | { type: 'symbolsExposed'; nodes: string[]; vlans: number[]; tools: readonly string[] }
  | { type: 'remarked'; node: string | null; text: string }
  /** One line of the script's words about a node. */
  | { type: 'noted'; node: string; line: string }
  | { type: 'qemuStarting'; node: string }
  | { type: 'qemuStarted'; node: string; pid: number | undefined }
  | { type: 'guestBooted'; node: string; seconds: number }
  /** What a profile says of a link holds now. */
  | { type: 'linkConstrained'; node: string; interface: string; words: string }
  /** The power was cut, on the script's demand. */
  | { type: 'crashForced'; node: string }
  /** One console line, without its line end. */
  | { type: 'consoleSpoke'; node: string; line: string }
  /** One line of what the script prints. */
  | { type: 'printed'; line: string }
  /** The surroundings of the test cannot be made. */
  | { type: 'stageFailed'; message: string }
  | { type: 'scriptFinished'; seconds: number }
  | { type: 'scriptFailed'; failure: ScriptError }
  /** The global timeout is over. */
  | { type: 'timeoutReached' }
  /** Everything is cleaned up. `failure` is that of the script. */
  | { type: 'testEnded'; failure: ScriptError | null }
