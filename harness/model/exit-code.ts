/** Exit codes of every command, from the contract. */
export const exitCodes = {
  passed: 0,
  failed: 1,
  usage: 2,
  nothingMatched: 3,
  infrastructure: 4,
  notExecuted: 5,
  interrupted: 130,
  terminated: 143,
} as const

/** One of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
