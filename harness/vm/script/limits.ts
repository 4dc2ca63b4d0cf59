import { parseDuration } from '../../model/units.ts'

/** Such as `90s` or `2m`; a number is seconds. */
export type Duration = string | number

/** How long something may take. */
export interface TimeLimit {
  /** Default 900 s, as in NixOS tests. On the scale of KVM: under TCG all limits are longer. */
  timeout?: Duration
}

const defaultSeconds = 900

/**
 * @param factor how many times longer things take here than where their author wrote the limit
 * @returns seconds. @throws UserError for a limit that cannot be read
 */
export function secondsOf({ timeout = defaultSeconds }: TimeLimit, factor: number): number {
  return parseDuration(String(timeout), 'timeout') * factor
}

/** Splits what a method that takes any number of commands was called with. */
export function splitCommands(parts: (string | TimeLimit)[]): { commands: string[]; limit: TimeLimit } {
  const limit = parts.find((part) => typeof part !== 'string') ?? {}
  return { commands: parts.filter((part) => typeof part === 'string'), limit }
}
