import type { RunObserver } from '../model/run-observer.ts'
import { createLineReporter } from '../reporters/line.ts'
import { hasColor } from '../terminal/color.ts'
import { createLiveView } from '../terminal/live.ts'
import { guardStandardStreams } from './standard-streams.ts'

/** Where text for people goes. */
export interface People {
  color: boolean
  write(text: string): void
  /** Columns of the terminal; Infinity when there is none, or when it does not know them. */
  width(): number
  /** One line about something that went wrong beside the checks; waits until no live view is in its way. */
  warn(line: string): void
  /** Shows a run as it happens, in the way that suits the stream. @param verbose also what goes well */
  watch(verbose: boolean): RunObserver
}

/** @param machineOutput standard output carries JSON, so people read standard error */
export function people(machineOutput: boolean): People {
  const stream = machineOutput ? process.stderr : process.stdout
  const color = hasColor(stream)
  const write = (text: string) => void stream.write(text)
  guardStandardStreams()
  let waiting: string[] | null = null
  const warn = (line: string) => {
    if (waiting) waiting.push(line)
    else process.stderr.write(`vmproof: ${line}\n`)
  }
  const watchLive = (verbose: boolean): RunObserver => {
    const view = createLiveView({
      stream,
      // A terminal may not know its size.
      columns: () => stream.columns || 80,
      rows: () => stream.rows || 24,
      now: Date.now,
      color,
      verbose,
    })
    waiting = []
    const close = () => {
      view.close()
      const lines = waiting ?? []
      waiting = null
      for (const line of lines) warn(line)
    }
    return { ...view, close }
  }
  const watchPlain = (verbose: boolean): RunObserver => {
    const reporter = createLineReporter({ write, color, verbose })
    const timer = setInterval(() => reporter.heartbeat(Date.now()), heartbeatMs)
    return { ...reporter, close: () => clearInterval(timer) }
  }
  return {
    color,
    write,
    warn,
    width: () => stream.columns || Number.POSITIVE_INFINITY,
    watch: isLive(stream) ? watchLive : watchPlain,
  }
}

/** CI systems end jobs after ten minutes of silence and more; a person looks earlier. */
const heartbeatMs = 60_000

/** CI systems give a terminal to jobs whose output they then show as a file. */
function isLive(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI
}
