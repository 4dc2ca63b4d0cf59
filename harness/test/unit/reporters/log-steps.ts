import type { LogEvent } from '../../../model/log-event.ts'

/** One assertion of a log. */
export interface ToldStep {
  node?: string | null
  kind: Extract<LogEvent, { type: 'assertionStarted' }>['kind']
  text: string
  phase?: string | null
  path?: string[]
  end?: Partial<Extract<LogEvent, { type: 'assertionEnded' }>>
  /** It never ends. */
  open?: boolean
}

/** Starts and ends of assertions one after the other; a subtest ends behind the last step within it. */
export function steps(list: ToldStep[]): LogEvent[] {
  const events: LogEvent[] = []
  const open: { depth: number; end: LogEvent }[] = []
  const close = (depth: number) => {
    while ((open.at(-1)?.depth ?? -1) >= depth) events.push((open.pop() as { end: LogEvent }).end)
  }
  list.forEach((step, index) => {
    const { node = 'server_1', kind, text, phase = null, path = [] } = step
    close(path.length)
    events.push({ type: 'assertionStarted', index, node, kind, text, phase, path, line: 100 + index })
    const end: LogEvent = {
      type: 'assertionEnded',
      index,
      outcome: 'passed',
      caught: false,
      seconds: 1.5,
      message: null,
      output: null,
      ...step.end,
    }
    if (step.open) return
    if (kind === 'subtest') open.push({ depth: path.length, end })
    else events.push(end)
  })
  close(0)
  return events
}
