import { exitCodes } from '../model/exit-code.ts'
import type { StopSignal } from '../model/outcome.ts'
import { killDescendants } from '../process/kill-tree.ts'
import { createStopPolicy } from '../run/stop-policy.ts'

/** The request to end a run, once somebody made it. */
export interface Interruption {
  /** Aborted with a StopSignal. */
  signal: AbortSignal
  /** Which signal it was; null until one came. */
  cause(): StopSignal | null
  /** Signals end the process again as they do by default. */
  release(): void
}

/** A closed terminal is as final as SIGTERM. */
const meanings: Record<string, StopSignal> = { SIGINT: 'SIGINT', SIGTERM: 'SIGTERM', SIGHUP: 'SIGTERM' }

/** Turns signals into an interruption of the run. The second one kills every child and exits, without waiting. */
export function catchSignals(): Interruption {
  const controller = new AbortController()
  const react = createStopPolicy()
  const onSignal = (name: NodeJS.Signals) => {
    const meaning = meanings[name] ?? 'SIGTERM'
    switch (react(performance.now())) {
      case 'stop':
        controller.abort(meaning)
        return
      case 'ignore':
        return
      case 'kill':
        killDescendants()
        process.exit(meaning === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated)
    }
  }
  for (const name of Object.keys(meanings)) process.on(name, onSignal)
  return {
    signal: controller.signal,
    cause: () => (controller.signal.aborted ? (controller.signal.reason as StopSignal) : null),
    release: () => {
      for (const name of Object.keys(meanings)) process.off(name, onSignal)
    },
  }
}
