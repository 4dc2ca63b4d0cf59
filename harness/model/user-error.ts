import { type ExitCode, exitCodes } from './exit-code.ts'

/**
 * An expected failure, worded for the person who typed the command. Everything else that is thrown is a bug
 * and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  /** Why, and what to do about it; one line each. */
  readonly hints: string[]
  readonly exitCode: ExitCode

  /** @param message what happened and to what, one line without a full stop */
  constructor(message: string, hints: string[] = [], exitCode: ExitCode = exitCodes.usage) {
    super(message)
    this.hints = hints
    this.exitCode = exitCode
  }
}
