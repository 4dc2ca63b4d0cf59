import { inspect, types } from 'node:util'
import { plainText } from '../../log/nix-text.ts'
import { RequestedAssertionFailed } from '../errors.ts'
import type { BlockFailure } from './fact.ts'

/** A script may throw anything. */
export function asError(thrown: unknown): Error {
  if (types.isNativeError(thrown)) return thrown
  return new Error(typeof thrown === 'string' ? thrown : inspect(thrown))
}

/** What was thrown, as the records of a test tell it. */
export function failureOf(thrown: unknown): BlockFailure {
  const error = asError(thrown)
  const output = error instanceof RequestedAssertionFailed ? error.output : null
  return { thrown, message: errorMessage(error), output: output === null ? null : plainText(output) }
}

/** An error's words, clean, and without line ends behind them: a log cannot show those. */
export function errorMessage(error: Error): string {
  return plainText(String(error.message)).replace(/\n+$/, '')
}

/** Its class; a script can set that to anything, and a traceback's last line shows it as one word. */
export function nameOf(error: Error): string {
  return /^[A-Za-z_][\w.]*$/.test(error.name) ? error.name : 'Error'
}
