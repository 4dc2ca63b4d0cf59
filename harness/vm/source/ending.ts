import type { AttemptEnd } from '../../model/attempt-end.ts'
import type { AttemptObserver, AttemptResult } from '../../run/ports.ts'
import type { DriverEnding } from './driver-run.ts'

/**
 * What the end of the driver's program means. Only a driver that told the end of its test and then exited with 0
 * can have passed; a script shares its process and may end it, which fails the check.
 */
export function endOf(
  ending: DriverEnding,
  observer: AttemptObserver,
): Pick<AttemptResult, 'end' | 'details'> {
  const { exit, end, stopped, said } = ending
  const details = said.filter((line) => line !== '')
  if (stopped === 'interruption') return { end: { type: 'interrupted' }, details: [] }
  if (stopped === 'time' || end === 'timed-out')
    return { end: { type: 'timed-out', message: '' }, details: [] }
  if (exit.startError !== null)
    return { end: broken(`the driver did not start: ${exit.startError}`), details }
  if (end === 'passed' && exit.code === 0)
    return { end: { type: 'succeeded', outputDiffers: false }, details: [] }
  if (end !== null) return { end: { type: 'builder-failed', message: 'the test failed' }, details: [] }
  if (exit.signal !== null) return { end: broken(`the driver was killed by ${exit.signal}`), details }
  return { end: scriptEndedIt(ending, observer), details }
}

function broken(message: string): AttemptEnd {
  return { type: 'broken', kind: 'host', message }
}

/** The log lacks its verdict. */
function scriptEndedIt({ exit }: DriverEnding, observer: AttemptObserver): AttemptEnd {
  const message = `the test script ended the driver process (exit code ${exit.code})`
  observer.event({
    type: 'logEnded',
    outcome: 'failed',
    failure: { assertion: null, node: null, kind: 'python', message, traceback: [] },
    nodes: [],
    seconds: null,
  })
  return { type: 'builder-failed', message }
}
