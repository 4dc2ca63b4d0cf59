import { LineSplitter } from '../../log/line-splitter.ts'
import type { LogEvent } from '../../model/log-event.ts'
import type { Answer } from '../../model/operator.ts'
import { isWholeLogEvent } from '../../state/event-shape.ts'
import type { TestEnd } from '../driver.ts'
import type { TestConfig } from '../test-config.ts'

/** What the driver's program is started with: JSON in the file that its only argument names. Absolute paths. */
export interface DriverJob {
  /** The suite, bundled. */
  bundle: string
  /** The suite as its author wrote it, to quote its lines. */
  file: string
  config: TestConfig
  /** Exists; see `Test`. */
  outputFolder: string
  stateFolder: string
  /** The driver ends when this process has ended. */
  harnessPid: number
  /** In place of the suite's script come orders on standard input. */
  isOperated: boolean
}

/** What the driver's program tells on file descriptor 3, one JSON object a line. */
export type DriverMessage =
  | { type: 'event'; event: LogEvent }
  /** A line of a node's console, sanitised. */
  | { type: 'console'; node: string; text: string }
  /** A piece of what an order's command printed. */
  | { type: 'output'; text: string }
  /** To an order, behind its output. */
  | { type: 'answered'; answer: Omit<Answer, 'output'> }
  /** The test is over; the last message. */
  | { type: 'ended'; end: TestEnd }

const ends: readonly unknown[] = ['passed', 'failed', 'timed-out'] satisfies TestEnd[]

/** Delivers messages from bytes in any cuts. The script runs in the same process, so a line may be anything. */
export function readMessages(deliver: (message: DriverMessage) => void): LineSplitter {
  return new LineSplitter((text, start, end) => {
    const message = messageIn(Buffer.from(text.slice(start, end), 'latin1').toString('utf8'))
    if (message) deliver(message)
  })
}

function messageIn(line: string): DriverMessage | null {
  try {
    const message = JSON.parse(line) as DriverMessage
    return isWhole(message) ? message : null
  } catch {
    return null
  }
}

function isWhole(message: DriverMessage): boolean {
  switch (message.type) {
    case 'event':
      return isWholeLogEvent(message.event)
    case 'console':
      return typeof message.node === 'string' && typeof message.text === 'string'
    case 'output':
      return typeof message.text === 'string'
    case 'answered':
      return typeof message.answer === 'object' && message.answer !== null
    case 'ended':
      return ends.includes(message.end)
    default:
      return false
  }
}
