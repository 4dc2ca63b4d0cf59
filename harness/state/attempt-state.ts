import type { Assertion } from '../model/assertion.ts'
import type { LogEvent } from '../model/log-event.ts'
import type { Accelerator, Outcome } from '../model/outcome.ts'
import type { Failure, Metric, NodeReport, SymptomSighting } from '../model/report.ts'

/** What the events of one attempt's log add up to. */
export interface AttemptState {
  name: string | null
  assertions: Assertion[]
  phase: string | null
  metrics: Metric[]
  attachments: string[]
  /** The first of each kind on each node. */
  symptoms: SymptomSighting[]
  accelerator: Accelerator | null
  scriptStarted: boolean
  scriptFinished: boolean
  /** As far as events tell; how much their consoles said is known at the log's end. */
  nodes: NodeReport[]
  /** null until the log is over. */
  verdict: { outcome: Outcome; failure: Failure | null; nodes: NodeReport[]; seconds: number | null } | null
}

/** Before the first event. */
export function emptyAttempt(): AttemptState {
  return {
    name: null,
    assertions: [],
    phase: null,
    metrics: [],
    attachments: [],
    symptoms: [],
    accelerator: null,
    scriptStarted: false,
    scriptFinished: false,
    nodes: [],
    verdict: null,
  }
}

/** Whether the log is a driver's. A failed build of something else leaves none of these. */
export function showsDriver({ scriptStarted, scriptFinished, assertions, verdict }: AttemptState): boolean {
  return scriptStarted || scriptFinished || assertions.length > 0 || (verdict?.nodes.length ?? 0) > 0
}

/** Folds one event into the attempt. Changes `state`: a log may hold a hundred thousand assertions. */
export function foldLogEvent(state: AttemptState, event: LogEvent): void {
  switch (event.type) {
    case 'testNamed':
      state.name = event.name
      return
    case 'scriptStarted':
      state.scriptStarted = true
      return
    case 'phaseEntered':
      state.phase = event.text
      return
    case 'assertionStarted':
      start(state, event)
      return
    case 'assertionEnded':
      end(state, event)
      return
    case 'assertionsWithdrawn':
      state.assertions.length = Math.min(state.assertions.length, event.from)
      return
    case 'metricRecorded':
      state.metrics.push(event.metric)
      return
    case 'attachmentNamed':
      state.attachments.push(event.path)
      return
    case 'acceleratorSeen':
      state.accelerator = event.accelerator
      return
    case 'scriptFinished':
      state.scriptFinished = true
      return
    case 'logEnded':
      state.verdict = { ...event }
      return
    case 'symptomSeen':
      addSighting(state.symptoms, event)
      return
    case 'nodeStarted':
    case 'linkConstrained':
      nodeOf(state, event.node)
      return
    case 'nodeBooted':
      nodeOf(state, event.node).booted = true
      return
  }
}

function nodeOf({ nodes }: AttemptState, name: string): NodeReport {
  const known = nodes.find((node) => node.name === name)
  if (known) return known
  const added = { name, consoleLines: 0, booted: false, symptoms: [] }
  nodes.push(added)
  return added
}

/** More lost events than that are no damage but nonsense. */
const largestGap = 10_000

function start(state: AttemptState, event: Extract<LogEvent, { type: 'assertionStarted' }>): void {
  const { assertions } = state
  if (event.index > assertions.length + largestGap) return
  const { index, node, kind, text, line } = event
  const fresh = { caught: false, outcome: 'unfinished', seconds: null, message: null, output: null } as const
  // A damaged journal can lack lines; the indexes of what follows must still hold.
  while (assertions.length < event.index) {
    const lost = {
      node: null,
      kind: 'python',
      text: '(lost with a line of the journal)',
      phase: null,
    } as const
    assertions.push({ index: assertions.length, ...lost, path: [], line: event.line, ...fresh })
  }
  const place = sharedPlace(assertions[index - 1], event)
  // Copied by name: spreading costs several times more, and a log may hold a hundred thousand.
  assertions[index] = { index, node, kind, text, phase: place.phase, path: place.path, line, ...fresh }
}

type Place = Pick<Assertion, 'phase' | 'path'>

/** Neighbours mostly stand in one place; a journal tells it again for each, and that many copies fill the memory. */
function sharedPlace(before: Place | undefined, own: Place): Place {
  const isSame =
    before !== undefined &&
    before.phase === own.phase &&
    before.path.length === own.path.length &&
    before.path.every((part, at) => part === own.path[at])
  return isSame ? before : own
}

function end(state: AttemptState, event: Extract<LogEvent, { type: 'assertionEnded' }>): void {
  const assertion = state.assertions[event.index]
  if (!assertion) return
  const { outcome, caught, seconds, message, output } = event
  assertion.outcome = outcome
  assertion.caught = caught
  assertion.seconds = seconds
  assertion.message = message
  assertion.output = output
}

/** A guest can print lines in the name of nodes that do not exist. */
const mostSightings = 100

/** Keeps the first sighting of a pattern on a node: what follows is mostly its echo. */
export function addSighting(symptoms: SymptomSighting[], event: SymptomSighting): void {
  const { symptom, node, line, text } = event
  const known = symptoms.some((one) => one.symptom === symptom && one.node === node)
  if (!known && symptoms.length < mostSightings) symptoms.push({ symptom, node, line, text })
}
