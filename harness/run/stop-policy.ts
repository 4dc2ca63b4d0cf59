/** What a signal that asks the harness to end shall do. */
export type Reaction = 'stop' | 'ignore' | 'kill'

/** Package managers forward a Ctrl-C that the terminal has sent to everybody already. */
const sameRequestMs = 1000

/**
 * The first signal stops the run gracefully, the second kills at once; what comes within a second of the first
 * is the same request.
 * @returns called with the time of each signal, in milliseconds of a clock that never goes back
 */
export function createStopPolicy(): (nowMs: number) => Reaction {
  let firstMs: number | null = null
  return (nowMs) => {
    if (firstMs === null) {
      firstMs = nowMs
      return 'stop'
    }
    return nowMs - firstMs < sameRequestMs ? 'ignore' : 'kill'
  }
}
