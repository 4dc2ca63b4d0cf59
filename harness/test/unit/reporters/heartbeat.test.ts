import { expect, test } from 'vitest'
import type { UnstampedRunEvent } from '../../../model/run-event.ts'
import { createLineReporter } from '../../../reporters/line.ts'
import { steps } from './log-steps.ts'
import { stamped } from './replay.ts'

const attempt = { instance: 'k3s-network', attempt: 1 }
const wait = steps([{ kind: 'wait_for_unit', text: 'k3s.service', node: 'server_1', open: true }])

const beginning: UnstampedRunEvent[] = [
  { type: 'attemptStarted', ...attempt, folder: 'k3s-network/attempt-1' },
  { type: 'attemptStaged', ...attempt, stage: 'waiting-for-lock' },
]

test('a silent run says what it waits for, and says nothing when it has spoken', () => {
  const said: string[] = []
  const reporter = createLineReporter({ write: (text) => said.push(text), color: false })
  const events = stamped(beginning)
  const startedMs = Date.parse(events[0]?.at ?? '')
  for (const event of events) reporter.event(event)
  reporter.heartbeat(startedMs + 60_000)
  expect(said).toEqual(['STARTED  k3s-network\n'])
  reporter.heartbeat(startedMs + 120_000)
  expect(said.at(-1)).toBe('RUNNING  k3s-network  2 min 0 s  waiting for another build of it\n')
  for (const event of wait) reporter.event({ at: '', type: 'attemptLogged', ...attempt, event })
  reporter.heartbeat(startedMs + 180_000)
  reporter.heartbeat(startedMs + 240_000)
  expect(said.at(-1)).toBe('RUNNING  k3s-network  4 min 0 s  server_1: wait_for_unit k3s.service\n')
})
