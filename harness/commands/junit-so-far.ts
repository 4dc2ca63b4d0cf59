import { join } from 'node:path'
import type { RunEvent } from '../model/run-event.ts'
import type { RunObserver } from '../model/run-observer.ts'
import { writeAtomically } from '../process/atomic-file.ts'
import { junitDocument } from '../reporters/junit.ts'
import { reportNames } from '../reporters/report-kinds.ts'
import { type RunState, toRunReport } from '../state/reduce.ts'
import { junitOptions, type Publication } from './publish.ts'

/** Nobody misses the report of a run that is shorter. */
const leastPauseMs = 10_000

/** Writing takes no more than one part in so many of a run. */
const share = 50

/**
 * Writes JUnit of what came out so far, each time that a check has ended: whatever kills the run, and be it the machine,
 * CI finds a valid report. What cannot be written now is told at the end.
 * @param state of the run, already changed by the event @param now milliseconds
 */
export function keepJunitSoFar(
  state: RunState,
  publication: Pick<Publication, 'folder' | 'junitGranularity'>,
  now: () => number,
): RunObserver {
  let notBefore = now() + leastPauseMs
  const event = ({ type }: RunEvent) => {
    if (type !== 'attemptEnded' || now() < notBefore) return
    const startedMs = now()
    try {
      const { pieces } = junitDocument(toRunReport(state), junitOptions(publication))
      writeAtomically(join(publication.folder, reportNames.junit), pieces)
    } catch {
      // The report of the whole run meets the same.
    }
    const tookMs = now() - startedMs
    notBefore = now() + Math.max(leastPauseMs, share * tookMs)
  }
  return { event, console: () => {}, close: () => {} }
}
