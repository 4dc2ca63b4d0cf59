/** The test demanded something that did not hold: the check has failed. */
export class RequestedAssertionFailed extends Error {
  override readonly name = 'RequestedAssertionFailed'
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
  constructor() {
    super('[Errno 32] Broken pipe')
  }
}
