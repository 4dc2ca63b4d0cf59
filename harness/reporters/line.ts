import type { Assertion } from '../model/assertion.ts'
import type { LogEvent } from '../model/log-event.ts'
import type { ConsoleTail } from '../model/report.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunObserver } from '../model/run-observer.ts'
import { formatSeconds } from '../model/units.ts'
import { causeOutcome } from '../state/cause.ts'
import { type FailurePage, type FailureStory, failureLines, noStory } from './failure-lines.ts'
import {
  createProgress,
  followConsole,
  followEvent,
  type RunningAttempt,
  type RunProgress,
} from './progress.ts'
import { inertLine, oneLine, safeLines } from './safe-text.ts'
import { assertionLooks, createStyle, outcomeLooks, type Style } from './style.ts'
import { tells, type Verbosity } from './verbosity.ts'
import { countAssertions, howItRan, placeOf, stageText, type Tally, whoAndWhat } from './wording.ts'

/** Where and how lines are written. */
export interface LineOptions {
  /** Gets whole lines, each with its newline. */
  write(text: string): void
  color: boolean
  /** Columns of the terminal, if it is one. */
  width?(): number
  /** Default: `normal`. */
  verbosity?: Verbosity
  /** Say when a check starts; off where something else shows what runs. */
  starts?: boolean
}

const labelColumns = 7
const indent = ' '.repeat(labelColumns + 2)
const failureSize = { output: 10, console: 8 }

type Told<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>
type AssertionEnded = Extract<LogEvent, { type: 'assertionEnded' }>

/** Tells a run line by line. */
export interface LineReporter extends RunObserver {
  /** Where the run stands. */
  progress: RunProgress
  /**
   * Says what runs and what it waits for, unless something was said since the last time: a CI system ends a job
   * that is silent for long, and people take it for dead.
   * @param nowMs milliseconds since 1970
   */
  heartbeat(nowMs: number): void
}

/** A run as plain lines, for files, pipes and CI: each is whole when it is written and never changed. */
export function createLineReporter(options: LineOptions): LineReporter {
  const narrator = new Narrator(options)
  return {
    progress: narrator.progress,
    event: (event) => narrator.event(event),
    console: (instance, node, text) => narrator.console(instance, node, text),
    heartbeat: (nowMs) => narrator.heartbeat(nowMs),
    close: () => {},
  }
}

class Narrator {
  readonly progress: RunProgress = createProgress()
  /** Messages of failures that the current attempt of an instance has told already. */
  private readonly told = new Map<string, Set<string>>()
  private silent = true
  private readonly style: Style
  private readonly options: LineOptions
  private readonly verbosity: Verbosity

  constructor(options: LineOptions) {
    this.options = options
    this.verbosity = options.verbosity ?? 'normal'
    this.style = createStyle(options.color)
  }

  event(event: RunEvent): void {
    // What a check has done so far is needed for its last line, and forgotten by following the event.
    if (event.type === 'attemptEnded') this.attemptEnded(event)
    if (event.type === 'attemptLogged') this.logged(event)
    followEvent(this.progress, event)
    switch (event.type) {
      case 'attemptStarted':
        this.told.delete(event.instance)
        if (this.tells('normal') && (this.options.starts ?? true)) this.say('STARTED', 'dim', nameOf(event))
        return
      case 'attemptStaged':
        if (this.tells('assertions')) this.say('', 'dim', `${nameOf(event)}  ${stageText(event.stage)}`)
        return
      case 'instanceSkipped':
        if (!this.tells('normal')) return
        this.say('SKIPPED', 'warn', `${oneLine(event.instance)}  ${oneLine(event.reason)}`)
        return
      case 'instanceErrored':
        this.say('ERROR', 'bad', oneLine(event.instance))
        this.story({ ...noStory, failure: event.failure, details: event.details })
        return
      case 'runInterrupted':
        this.say('', 'warn', `${event.signal}: stopping; once more stops at once`)
        return
      default:
        return
    }
  }

  console(instance: string, node: string, text: string): void {
    followConsole(this.progress, instance, node, text)
    if (!this.tells('consoles')) return
    const where = [this.progress.running.size > 1 ? oneLine(instance) : '', oneLine(node)].filter(Boolean)
    this.indented(
      safeLines(text).map((line) => `${this.style.dim(`${where.join(' ')} │`)} ${line}`.trimEnd()),
    )
  }

  private tells(level: Verbosity): boolean {
    return tells(this.verbosity, level)
  }

  heartbeat(nowMs: number): void {
    if (this.silent && this.tells('normal')) {
      for (const running of this.progress.running.values())
        this.say('RUNNING', 'dim', whereIs(running, nowMs))
    }
    this.silent = true
  }

  private logged({ instance, event }: Told<'attemptLogged'>): void {
    const running = this.progress.running.get(instance)
    if (!running) return
    if (event.type === 'phaseEntered' && this.tells('assertions')) {
      this.say('', 'dim', `${nameOf(running)}  ${oneLine(event.text)}`)
    }
    if (event.type === 'assertionEnded') this.assertionEnded(running, event)
  }

  private assertionEnded(running: RunningAttempt, event: AssertionEnded): void {
    // What the script seemed to have caught may come again, as what ended it.
    const started = running.open.get(event.index) ?? running.caught.get(event.index)
    if (!started) return
    const assertion: Assertion = { ...started, ...event }
    const saidNo = (event.outcome === 'failed' || event.outcome === 'errored') && !event.caught
    // A subtest fails because something in it did, which has been told.
    if (saidNo && !(started.kind === 'subtest' && this.told.has(running.instance))) {
      this.remember(running.instance, event.message)
      if (!this.tells('normal')) return
      this.say(assertionLooks[event.outcome].mark, 'bad', nameOf(running))
      this.story({ ...noStory, assertion, consoles: tailsFor(running, started.node) })
    } else if (this.tells('assertions') && running.open.has(event.index)) {
      this.say(
        assertionLooks[event.outcome].mark,
        assertionLooks[event.outcome].tone,
        brief(running, assertion),
      )
    }
  }

  private remember(instance: string, message: string | null): void {
    this.told.set(instance, (this.told.get(instance) ?? new Set()).add(message ?? ''))
  }

  private attemptEnded(event: Told<'attemptEnded'>): void {
    const running = this.progress.running.get(event.instance)
    const look = outcomeLooks[event.outcome]
    if (!this.tells('normal') && event.outcome === 'passed') return
    const facts = [...howItRan({ ...event, attempts: 1 }), ...countAssertions(talliesOf(running, event))]
    this.say(look.label, look.tone, `${nameOf(event)}  ${facts.join(' · ')}`)
    this.story(this.closing(event))
  }

  /** What the assertion that failed has not told when it did. */
  private closing({ instance, failure, consoles, details = [], notes }: Told<'attemptEnded'>): FailureStory {
    const known = failure !== null && (this.told.get(instance)?.has(failure.message) ?? false)
    return {
      assertion: null,
      failure: known ? { ...failure, message: '' } : failure,
      consoles: known ? [] : consoles,
      details,
      symptoms: failure === null ? [] : (this.progress.running.get(instance)?.symptoms ?? []),
      notes,
    }
  }

  /** The end of a quiet run tells it all. */
  private story(story: FailureStory): void {
    if (this.tells('normal')) this.indented(failureLines(story, this.page()))
  }

  private page(): FailurePage {
    const width = (this.options.width?.() ?? Number.POSITIVE_INFINITY) - indent.length
    return { ...failureSize, width, style: this.style }
  }

  private say(label: string, tone: 'good' | 'bad' | 'warn' | 'dim', text: string): void {
    this.silent = false
    this.options.write(`${inertLine(`${this.style[tone](label.padStart(labelColumns))}  ${text}`)}\n`)
  }

  private indented(lines: string[]): void {
    if (lines.length === 0) return
    this.options.write(`${lines.map((line) => inertLine(indent + line)).join('\n')}\n`)
  }
}

function nameOf({ instance, attempt }: { instance: string; attempt: number }): string {
  return attempt > 1 ? `${oneLine(instance)} (attempt ${attempt})` : oneLine(instance)
}

function whereIs(running: RunningAttempt, nowMs: number): string {
  const open = [...running.open.values()].findLast(({ kind }) => kind !== 'subtest')
  const what = open
    ? `${whoAndWhat(open)} ${oneLine(open.text)}`.trim()
    : running.stage === null
      ? ''
      : stageText(running.stage)
  const elapsed = formatSeconds(Math.max(0, nowMs - running.startedAt) / 1000)
  return [nameOf(running), elapsed, what].filter(Boolean).join('  ')
}

function brief(running: RunningAttempt, assertion: Assertion): string {
  const time = assertion.seconds === null ? [] : [formatSeconds(assertion.seconds)]
  const what = `${whoAndWhat(assertion)} ${oneLine(assertion.text)}`.trim()
  return [nameOf(running), [...placeOf(assertion), what].join(' › '), ...time].join('  ')
}

/** The console of the node that failed, or of every node when the script itself did. */
function tailsFor(running: RunningAttempt, node: string | null): ConsoleTail[] {
  const tails = running.tails.all()
  return node === null ? tails : tails.filter((tail) => tail.node === node)
}

/** What a check came to; what was open when it ended is not finished, unless it is to blame. */
function talliesOf(running: RunningAttempt | undefined, event: Told<'attemptEnded'>): Tally[] {
  if (!running) return []
  const open = [...running.open.keys()].map((index): Tally => {
    const isCause = event.failure?.assertion === index
    return (isCause ? causeOutcome(event.outcome) : null) ?? 'unfinished'
  })
  // A hole is an assertion that is open.
  return [...running.tallies.filter(Boolean), ...open]
}
