/** A log that could be embedded. */
export interface SizedLog {
  bytes: number
  /** Its attempt did not pass: it is wanted first. */
  isWanted: boolean
}

/**
 * How many bytes of each log are embedded when all together may have `total`. Logs of what did not pass come first; among
 * equals, each has the same share, and what small ones leave of theirs goes to the large ones.
 */
export function allowancesFor(logs: readonly SizedLog[], total: number): number[] {
  const allowances = new Map<SizedLog, number>()
  let left = total
  for (const isWanted of [true, false]) {
    const ascending = logs.filter((log) => log.isWanted === isWanted).sort((a, b) => a.bytes - b.bytes)
    for (const [at, log] of ascending.entries()) {
      const share = Math.floor(left / (ascending.length - at))
      const allowance = Math.min(log.bytes, share)
      allowances.set(log, allowance)
      left -= allowance
    }
  }
  return logs.map((log) => allowances.get(log) ?? 0)
}
