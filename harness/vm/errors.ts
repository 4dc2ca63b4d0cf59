/** The test demanded something that did not hold: the check has failed. */
export class RequestedAssertionFailed extends Error {
  override readonly name = 'RequestedAssertionFailed'
  /** What the command printed that did not do what it should, or what a wait saw last. */
  readonly output: string | null

  constructor(message: string, output: string | null = null) {
    super(message)
    this.output = output
  }
}

/** QEMU never came up: not the test's fault. */
export class MachineError extends Error {
  override readonly name = 'MachineError'
}

/**
 * The node went away while its shell was in use. Named and worded as the NixOS driver's logs show it, so that
 * one reader serves both; whether the guest's kernel or QEMU is to blame, the console tells.
 */
export class BrokenPipeError extends Error {
  override readonly name = 'BrokenPipeError'

  /** @param why the node runs no more, such as `QEMU was killed by SIGKILL`; null where that is not known */
  constructor(why: string | null = null) {
    super(`[Errno 32] Broken pipe${why === null ? '' : `: ${why}`}`)
  }
}

/** A part of the script went on although its test had ended; nobody hears of it. */
export class ScriptIsOver extends Error {
  override readonly name = 'ScriptIsOver'
  constructor() {
    super('the test has ended: nothing can be asked of its nodes any more')
  }
}
