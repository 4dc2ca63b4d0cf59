import { expect, test } from 'vitest'
import type { RunEvent } from '../../../model/run-event.ts'
import { toHistoryRecord } from '../../../state/history-record.ts'
import { emptyRun, foldRunEvent } from '../../../state/reduce.ts'

const at = '2026-11-20T07:00:00.000Z'

function hostOf(...events: RunEvent[]): string | undefined {
  const state = emptyRun()
  const run = { ...state.run, id: 'r', host: { ...state.run.host, name: 'first' } }
  foldRunEvent(state, { at, type: 'runStarted', schema: 1, run })
  for (const event of events) foldRunEvent(state, event)
  const attempt = { instance: 'a', attempt: 1 }
  foldRunEvent(state, { at, type: 'attemptStarted', ...attempt, folder: 'a/attempt-1' })
  foldRunEvent(state, {
    ...{ at, type: 'attemptEnded', ...attempt, outcome: 'passed', execution: 'executed', accelerator: null },
    ...{ seconds: 1, failure: null, nodes: [], notes: [], consoles: [] },
  })
  const instance = state.instances.get('a')
  const last = instance?.attempts.at(-1)
  return (instance && last && toHistoryRecord(state, instance, last))?.host
}

test('an attempt is recorded for the machine that made it, also when a run goes on elsewhere', () => {
  expect(hostOf()).toBe('first')
  const resumption = { vmproofVersion: '0', command: [], strict: false, secondsBefore: 1 }
  expect(hostOf({ at, type: 'runResumed', host: 'second', ...resumption })).toBe('second')
})
