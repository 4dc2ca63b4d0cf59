import { type NixMessage, parseNixJsonLine } from '../log/nix-json.ts'
import { type NixFailure, recogniseFailure } from '../log/nix-messages.ts'
import { plainText } from '../log/nix-text.ts'
import { toSeconds } from '../model/units.ts'
import type { Child, ChildExit } from '../process/child.ts'
import { cutLogLine } from './cut-line.ts'
import { derivationName } from './derivation-file.ts'
import { buildFoldersBelow, endProcessesWith } from './leftovers.ts'
import { errorOf, type NixCommand } from './nix-command.ts'
import { maxLineLength, readLines, readText } from './read-lines.ts'

/** The derivation whose execution is watched; the rest of a build is only remembered for its errors. */
export interface Watched {
  derivation: string
  /** Output paths as far as they are known. */
  outputs: string[]
}

/** What is watched, told and bounded while Nix runs. */
export interface RealiseOptions {
  signal: AbortSignal
  /** Counts from the start of the watched builder, not from that of Nix. */
  timeoutSeconds: number | null
  watched: Watched | null
  onLog?(line: string): void
  onStarted?(): void
  onWaiting?(): void
}

/** What one run of nix-store did, from its messages; its exit code says little. */
export interface Realised {
  exit: ChildExit
  /** null when the watched derivation was not built. Seconds from start to end of its builder. */
  build: { seconds: number; machine: string | null } | null
  /** An output of the watched derivation came from a binary cache. */
  substituted: boolean
  /** In the order in which they were reported. */
  failures: NixFailure[]
  /** All error messages, plain, one line each. */
  words: string[]
  /** The last lines of the logs of the derivations that spoke last, by path. */
  logTails: Map<string, string[]>
  stopped: 'timeout' | 'interrupted' | null
  /** Lines of the watched build's log that were too long to be read whole. */
  cutLines: number
}

const tailLength = 20
const maxWords = 200
const maxTails = 100

/** Runs `nix-store --realise ARGS` and watches one derivation. */
export async function realise(nix: NixCommand, args: string[], options: RealiseOptions): Promise<Realised> {
  const child = nix.start('nix-store', ['--realise', ...args])
  const watch = new BuildWatch(child, options)
  const interrupt = () => watch.stop('interrupted')
  if (options.signal.aborted) interrupt()
  options.signal.addEventListener('abort', interrupt, { once: true })
  try {
    await Promise.all([readText(child.stdout), readLines(child.stderr, (line) => watch.line(line))])
    return await watch.end(await child.exited)
  } catch (error) {
    // A bug in a reader of the log: the build must not go on without anybody.
    watch.stop('interrupted')
    await watch.end(await child.exited)
    throw error
  } finally {
    options.signal.removeEventListener('abort', interrupt)
  }
}

class BuildWatch {
  readonly #child: Child
  readonly #options: RealiseOptions
  readonly #names = new Map<string, string>()
  readonly #result: Omit<Realised, 'exit'>
  #activity: string | null = null
  #startedAt = 0
  #timer: NodeJS.Timeout | undefined
  #stopping: Promise<void> | undefined

  constructor(child: Child, options: RealiseOptions) {
    this.#child = child
    this.#options = options
    this.#result = {
      build: null,
      substituted: false,
      failures: [],
      words: [],
      logTails: new Map(),
      stopped: null,
      cutLines: 0,
    }
  }

  line(line: string): void {
    const message = parseNixJsonLine(line)
    if (message) this.#message(message)
    else if (line.length >= maxLineLength) this.#cutLine(line)
    else if (line.trim() !== '') this.#error(line)
  }

  /** A builder that is no child of ours but of Nix, and what it left, must not survive Nix. */
  stop(why: 'timeout' | 'interrupted'): void {
    if (this.#result.stopped) return
    this.#result.stopped = why
    const folders = this.#child.pid === undefined ? [] : buildFoldersBelow(this.#child.pid)
    this.#stopping = this.#child.stop().then(async () => {
      await Promise.all(folders.map((folder) => endProcessesWith('NIX_BUILD_TOP', folder)))
    })
  }

  async end(exit: ChildExit): Promise<Realised> {
    clearTimeout(this.#timer)
    await this.#stopping
    if (this.#activity !== null) this.#ended()
    return { exit, ...this.#result }
  }

  #message(message: NixMessage): void {
    switch (message.type) {
      case 'activityStarted':
        this.#activityStarted(message)
        return
      case 'activityStopped':
        if (message.id === this.#activity) this.#ended()
        return
      case 'buildLogLine':
        this.#logLine(message.id, message.line)
        return
      case 'message': {
        const error = errorOf(message)
        if (error) this.#error(error.raw ?? error.text)
        return
      }
      case 'hookLogLine':
      case 'phaseSet':
      case 'progressed':
      case 'unknown':
        return
    }
  }

  #activityStarted({ id, activity }: Extract<NixMessage, { type: 'activityStarted' }>): void {
    const { watched } = this.#options
    switch (activity.kind) {
      case 'build':
        if (watched && isOf(watched, activity.derivation)) this.#started(id, activity.machine)
        this.#names.set(id, activity.derivation)
        return
      case 'substitute':
      case 'copyPath':
        if (watched?.outputs.includes(activity.path)) this.#result.substituted = true
        return
      case 'buildWaiting':
        this.#options.onWaiting?.()
        return
      case 'other':
        return
    }
  }

  #started(id: string, machine: string | null): void {
    const { timeoutSeconds, onStarted } = this.#options
    this.#activity = id
    this.#startedAt = performance.now()
    this.#result.build = { seconds: 0, machine }
    if (timeoutSeconds !== null) {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.stop('timeout'), timeoutSeconds * 1000)
    }
    onStarted?.()
  }

  #ended(): void {
    clearTimeout(this.#timer)
    const seconds = toSeconds(performance.now() - this.#startedAt)
    if (this.#result.build) this.#result.build.seconds = seconds
    this.#activity = null
  }

  #cutLine(line: string): void {
    const text = cutLogLine(line)
    if (text === null || this.#activity === null) return
    this.#result.cutLines++
    this.#logLine(this.#activity, text)
  }

  #logLine(id: string, line: string): void {
    if (id === this.#activity) this.#options.onLog?.(line)
    const name = this.#names.get(id)
    if (name === undefined) return
    const tail = this.#result.logTails.get(name) ?? []
    tail.push(line.slice(0, 1000))
    if (tail.length > tailLength) tail.shift()
    this.#remember(name, tail)
  }

  /** Of the derivations that spoke last: one that failed is among them, thousands that were built are not kept. */
  #remember(name: string, tail: string[]): void {
    const { logTails } = this.#result
    logTails.delete(name)
    logTails.set(name, tail)
    const [oldest] = logTails.keys()
    if (logTails.size > maxTails && oldest !== undefined) logTails.delete(oldest)
  }

  #error(text: string): void {
    const plain = plainText(text)
    if (this.#result.failures.length < maxWords) this.#result.failures.push(recogniseFailure(plain))
    if (this.#result.words.length < maxWords) this.#result.words.push(...plain.split('\n'))
  }
}

/** A content-addressed derivation with such inputs is built under another path: same name, resolved inputs. */
function isOf({ derivation, outputs }: Watched, built: string): boolean {
  if (built === derivation) return true
  return outputs.length === 0 && derivationName(built) === derivationName(derivation)
}
