import type { RunEvent } from '../../../model/run-event.ts'
import { createLineReporter, type LineOptions } from '../../../reporters/line.ts'

/** Lines are compared one by one, so that a difference shows where it is. */
export const lines = (text: string) => text.replace(/\n$/, '').split('\n')

/** What the plain lines of a run are, with consoles that speak before each assertion. */
export function told(
  events: RunEvent[],
  options: Pick<LineOptions, 'verbosity'> & { color?: boolean } = {},
): string {
  let text = ''
  const reporter = createLineReporter({
    write: (part) => {
      text += part
    },
    color: false,
    ...options,
  })
  for (const event of events) {
    if (event.type === 'attemptLogged' && event.event.type === 'assertionStarted') {
      reporter.console(event.instance, 'server_1', `[   ${event.event.index}.000] kernel speaks`)
      reporter.console(event.instance, 'agent_1', `[   ${event.event.index}.500] agent speaks`)
    }
    reporter.event(event)
  }
  reporter.close()
  return text
}
