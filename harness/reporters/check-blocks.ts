import type { RunEvent } from '../model/run-event.ts'
import { createLineReporter, type LineOptions, type LineReporter } from './line.ts'
import { oneLine } from './safe-text.ts'
import { tells } from './verbosity.ts'

/** How a CI folds a part of its log away. */
export interface Fold {
  /**
   * @param id of letters, digits and dashes, never twice in a run
   * @param at when what it holds began, or ended; ISO 8601
   */
  open(id: string, title: string, at: string): string
  close(id: string, at: string): string
}

/** Where and how blocks are written. */
export interface BlockOptions extends LineOptions {
  fold: Fold
  /** Gets what opens and closes a fold, as whole lines. Default: `write`. */
  command?(text: string): void
}

/** More lines than this of one attempt are for its log: a job's log has its bounds. */
const mostFolded = 4000

/**
 * A run as plain lines for the log of a CI job: what one attempt said stands together and comes when it ends, however many
 * run at once. Every assertion is there, folded away; failures are told in the open. What starts, and what runs when
 * nothing was said for long, stands between the blocks.
 */
export function createCheckBlocks(options: BlockOptions): LineReporter {
  const blocks = new Map<string, Block>()
  let isMuted = false
  const between = createLineReporter({
    ...options,
    write: (text) => {
      if (!isMuted) options.write(text)
    },
  })
  const follow = (event: RunEvent) => {
    isMuted =
      event.type === 'attemptLogged' || event.type === 'attemptStaged' || event.type === 'attemptEnded'
    between.event(event)
    isMuted = false
  }
  let count = 0
  return {
    progress: between.progress,
    event(event) {
      follow(event)
      if (event.type === 'attemptStarted') {
        blocks.set(event.instance, new Block(options, `check-${++count}`, event.at))
      }
      const block = 'instance' in event ? blocks.get(event.instance) : undefined
      block?.event(event)
      // An attempt that found its result cached ends as skipped, which is told.
      if (event.type === 'attemptEnded' || event.type === 'instanceSkipped') {
        if (event.type === 'attemptEnded') block?.tell(event)
        blocks.delete(event.instance)
      }
    },
    console(instance, node, text) {
      isMuted = true
      between.console(instance, node, text)
      isMuted = false
      blocks.get(instance)?.console(instance, node, text)
    },
    heartbeat: (nowMs) => between.heartbeat(nowMs),
    close() {
      // What was cut off has no verdict, but what it said until then may tell why.
      for (const block of blocks.values()) block.tellOpen()
      blocks.clear()
    },
  }
}

type Ended = Extract<RunEvent, { type: 'attemptEnded' }>

/** What one attempt says: everything, and what is told in the open. */
class Block {
  readonly #options: BlockOptions
  readonly #id: string
  readonly #startedAt: string
  readonly #all: LineReporter
  readonly #open: LineReporter
  #folded: string[] = []
  #left = 0
  #told: string[] = []

  constructor(options: BlockOptions, id: string, startedAt: string) {
    this.#options = options
    this.#id = id
    this.#startedAt = startedAt
    const { verbosity = 'normal' } = options
    const deeper = tells(verbosity, 'assertions') ? verbosity : 'assertions'
    this.#all = createLineReporter({ ...options, verbosity: deeper, starts: false, write: this.#fold })
    const written = { starts: false, write: (text: string) => void this.#told.push(text) }
    this.#open = createLineReporter({ ...options, verbosity: 'normal', ...written })
  }

  /** The last lines are the ones that tell why. */
  readonly #fold = (text: string) => {
    this.#folded.push(text)
    if (this.#folded.length <= 2 * mostFolded) return
    this.#left += mostFolded
    this.#folded = this.#folded.slice(mostFolded)
  }

  event(event: RunEvent): void {
    // The verdict closes the block, and is not part of what is folded.
    if (event.type !== 'attemptEnded') this.#all.event(event)
    this.#open.event(event)
  }

  console(instance: string, node: string, text: string): void {
    this.#all.console(instance, node, text)
    this.#open.console(instance, node, text)
  }

  tell({ instance, outcome, at }: Ended): void {
    const { fold, write, command = write } = this.#options
    if (this.#folded.length > 0) {
      // What passed needs no second line.
      const title = (outcome === 'passed' && this.#told.shift()) || `${oneLine(instance)}: every assertion`
      command(fold.open(this.#id, oneLine(title), this.#startedAt))
      if (this.#left > 0) write(`… ${this.#left} earlier lines are in its log\n`)
      for (const text of this.#folded) write(text)
      command(fold.close(this.#id, at))
    }
    this.tellOpen()
  }

  tellOpen(): void {
    for (const text of this.#told) this.#options.write(text)
    this.#told = []
  }
}
