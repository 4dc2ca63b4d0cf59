import { detectCi } from '../ci/detect.ts'
import type { ForecastRules } from '../plan/forecast.ts'
import { createCheckBlocks, type Fold } from '../reporters/check-blocks.ts'
import { createLineReporter } from '../reporters/line.ts'
import type { Verbosity } from '../reporters/verbosity.ts'
import { type Capabilities, capabilitiesOf } from '../terminal/capabilities.ts'
import { hasColor } from '../terminal/color.ts'
import { fileLink } from '../terminal/link.ts'
import { createLiveView, type LiveView, type RunView } from '../terminal/live.ts'
import { guardStandardStreams, isFile, printCommands } from './standard-streams.ts'

/** How a run is shown. */
export interface Watching {
  verbosity: Verbosity
  /** By what it is carried out, to say what is left of it. */
  rules?: ForecastRules
  /** How the log of a CI job folds; absent or null: it does not. */
  fold?: Fold | null
}

/** Where text for people goes. */
export interface People {
  color: boolean
  /** Writes whole lines; while a live view is shown they appear above it. */
  write(text: string): void
  /** Columns of the terminal; Infinity when there is none, or when it does not know them. */
  width(): number
  /** A text that opens this file when it is clicked, where a terminal can do that; else the text. Both safe to print. */
  link(text: string, path: string): string
  /** Writes commands to the runner of a CI job, as whole lines that hold nothing foreign but escaped. */
  command(text: string): void
  /** One line about something that went wrong beside the checks, on standard error. */
  warn(line: string): void
  /** Shows a run as it happens, in the way that suits the stream. */
  watch(how: Watching): RunView
}

/** @param machineOutput standard output carries JSON, so people read standard error */
export function people(machineOutput: boolean): People {
  const stream = machineOutput ? process.stderr : process.stdout
  const color = hasColor(stream, colorWishes(stream))
  const capabilities = capabilitiesOf(stream, process.env)
  guardStandardStreams()
  let live: LiveView | null = null
  const write = (text: string) => void (live ? live.print(text) : stream.write(text))
  const command = (text: string) => printCommands(stream, text)
  const warn = (line: string) => {
    const text = `vmproof: ${line}\n`
    if (live && process.stderr.isTTY) live.print(text)
    else process.stderr.write(text)
  }
  const watchLive = (how: Watching): RunView => {
    const view = createLiveView({ ...how, ...screenOf(stream), color, capabilities, now: Date.now })
    live = view
    const close = () => {
      live = null
      view.close()
    }
    return { ...view, close }
  }
  return {
    color,
    write,
    command,
    warn,
    width: () => stream.columns || Number.POSITIVE_INFINITY,
    link: linkWith(capabilities),
    watch: (how) =>
      isLive(stream) && how.verbosity !== 'quiet'
        ? watchLive(how)
        : watchPlain(how, { write, command, color }),
  }
}

function linkWith({ links }: Capabilities): People['link'] {
  return (text, path) => (links ? fileLink(text, path) : text)
}

/** The terminal behind a stream, which may not know its size. */
function screenOf(stream: NodeJS.WriteStream) {
  // What Node remembers is renewed by a signal, which may come after the next frame.
  const size = () => stream.getWindowSize?.() ?? [stream.columns, stream.rows]
  return { stream, columns: () => size()[0] || 80, rows: () => size()[1] || 24 }
}

/** CI systems end jobs after ten minutes of silence and more; a person looks earlier. */
const heartbeatMs = 60_000

function watchPlain(
  { verbosity, fold }: Watching,
  page: Pick<People, 'write' | 'command' | 'color'>,
): RunView {
  const reporter =
    fold && verbosity !== 'quiet'
      ? createCheckBlocks({ ...page, verbosity, fold })
      : createLineReporter({ ...page, verbosity })
  const timer = setInterval(() => reporter.heartbeat(Date.now()), heartbeatMs)
  const close = () => {
    clearInterval(timer)
    reporter.close()
  }
  return { ...reporter, planned: () => {}, close }
}

/** CI systems give a terminal to jobs whose output they then show as a file. */
function isLive(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env.TERM !== 'dumb' && detectCi(process.env) === null
}

/** The log of a job is no terminal, and yet some show colours. What goes to a file instead has none. */
function colorWishes(stream: NodeJS.WriteStream): NodeJS.ProcessEnv {
  const isLog = detectCi(process.env)?.rendersAnsi === true && !isFile(stream)
  return isLog && !process.env.FORCE_COLOR ? { ...process.env, FORCE_COLOR: '1' } : process.env
}
