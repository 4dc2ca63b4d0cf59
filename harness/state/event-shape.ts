import type { AssertionOutcome, Execution, Outcome } from '../model/outcome.ts'

/*
 * Journals are read back after crashes, full disks and by later versions, so an event may lack what its type
 * promises. Here stands what the reducers rely on, per type of event.
 */
type Shape = Record<string, 'string' | 'number' | 'object' | 'array' | readonly string[]>

const outcomes: readonly Outcome[] = [
  'passed',
  'failed',
  'errored',
  'timed-out',
  'interrupted',
  'skipped',
  'unknown',
]
const assertionOutcomes: readonly AssertionOutcome[] = ['passed', 'failed', 'errored', 'unfinished']
const executions: readonly Execution[] = ['executed', 'cached', 'substituted', 'unknown']

const attempt: Shape = { instance: 'string', attempt: 'number' }

const runEvents = shapes({
  runStarted: { run: 'object' },
  checksSelected: { checks: 'array' },
  runResumed: { host: 'string', command: 'array', secondsBefore: 'number' },
  instancePlanned: { instance: 'string', check: 'string', tags: 'array' },
  instanceSkipped: {
    instance: 'string',
    kind: 'string',
    reason: 'string',
    execution: executions,
    earlier: 'array',
  },
  instanceErrored: { instance: 'string', failure: 'object', details: 'array' },
  attemptStarted: { ...attempt, folder: 'string' },
  attemptStaged: { ...attempt, stage: 'string' },
  attemptLogged: { ...attempt, event: 'object' },
  attemptEnded: {
    ...attempt,
    outcome: outcomes,
    execution: executions,
    nodes: 'array',
    notes: 'array',
    consoles: 'array',
  },
  runInterrupted: { signal: 'string' },
  runEnded: { seconds: 'number', exitCode: 'number' },
})

const logEvents = shapes({
  testNamed: { name: 'string' },
  scriptStarted: {},
  phaseEntered: { text: 'string' },
  nodeStarted: { node: 'string' },
  nodeBooted: { node: 'string' },
  linkConstrained: { node: 'string', interface: 'string', text: 'string' },
  assertionStarted: { index: 'number', kind: 'string', text: 'string', path: 'array' },
  assertionEnded: { index: 'number', outcome: assertionOutcomes },
  assertionsWithdrawn: { from: 'number' },
  metricRecorded: { metric: 'object' },
  attachmentNamed: { path: 'string' },
  symptomSeen: { symptom: 'string', text: 'string', line: 'number' },
  acceleratorSeen: { accelerator: 'string' },
  scriptFinished: {},
  logEnded: { outcome: outcomes, nodes: 'array' },
})

/** Whether this is an event of a known type that holds what the type promises. */
export function isWholeRunEvent(event: { type: string }): boolean {
  if (!fits(event, runEvents)) return false
  return 'event' in event ? isWholeLogEvent(event.event) : true
}

/** The same for an event of a log, whatever came instead of one. */
export function isWholeLogEvent(event: unknown): boolean {
  return (
    typeof event === 'object' &&
    event !== null &&
    'type' in event &&
    fits(event as { type: string }, logEvents)
  )
}

/** As lists, made once: a journal has hundreds of thousands of events, and each is looked at. */
function shapes(byType: Record<string, Shape>): Map<string, [key: string, type: Shape[string]][]> {
  return new Map(Object.entries(byType).map(([type, shape]) => [type, Object.entries(shape)]))
}

function fits(event: { type: string }, known: ReturnType<typeof shapes>): boolean {
  const shape = known.get(event.type)
  return shape?.every(([key, type]) => isA((event as Record<string, unknown>)[key], type)) ?? false
}

function isA(value: unknown, type: Shape[string]): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null
  if (type === 'number') return typeof value === 'number' && value >= 0
  return typeof value === 'string' && (type === 'string' || type.includes(value))
}
