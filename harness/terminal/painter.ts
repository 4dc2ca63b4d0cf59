import type { Instance } from '../model/plan.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { ForecastRules } from '../plan/forecast.ts'
import { createLineReporter } from '../reporters/line.ts'
import { createStyle } from '../reporters/style.ts'
import type { Verbosity } from '../reporters/verbosity.ts'
import type { Capabilities } from './capabilities.ts'
import { attemptRows, type Screen } from './live-rows.ts'
import { progressRow } from './progress-row.ts'
import { createRegion } from './region.ts'
import { Countdown, numbersOf } from './run-numbers.ts'
import { createWindowStatus } from './window-status.ts'

/** The part of a terminal's stream that the view uses; `process.stderr` is one. */
export interface LiveStream {
  write(text: string): unknown
  on?(event: 'resize', listener: () => void): unknown
  off?(event: 'resize', listener: () => void): unknown
}

/** The terminal to draw on; sizes are asked for at every drawing. */
export interface LiveOptions {
  stream: LiveStream
  columns(): number
  rows(): number
  /** Milliseconds since 1970. */
  now(): number
  color: boolean
  verbosity?: Verbosity
  capabilities?: Capabilities
  /** By what the run is carried out; without it the view tells no budget and no remaining time. */
  rules?: ForecastRules
  /** The shortest time between two frames, in milliseconds; 0: only when `draw` is called. */
  interval?: number
}

const plain: Capabilities = {
  links: false,
  title: false,
  progress: false,
  synchronized: false,
  reflows: true,
}

/** Knows the run and puts frames together. */
export class Painter {
  readonly lines
  /** Called when there is something new to show. */
  onChange = () => {}
  /** Text that stays and has not been written. */
  #above = ''
  #screen: Screen
  #startedAt: number | null = null
  readonly #options: LiveOptions
  readonly #style
  readonly #region
  readonly #window
  readonly #countdown: Countdown | null
  readonly #instances = new Map<string, Instance>()

  constructor(options: LiveOptions) {
    this.#options = options
    const can = options.capabilities ?? plain
    this.#style = createStyle(options.color)
    this.#region = createRegion((text) => options.stream.write(text), can)
    this.#window = createWindowStatus(can)
    this.#countdown = options.rules ? new Countdown(options.rules) : null
    this.#screen = this.#size()
    this.lines = createLineReporter({
      write: (text) => this.print(text),
      color: options.color,
      width: options.columns,
      verbosity: options.verbosity ?? 'normal',
      starts: false,
    })
  }

  planned(instances: readonly Instance[]): void {
    for (const instance of instances) this.#instances.set(instance.id, instance)
  }

  print(text: string): void {
    this.#above += text
    this.onChange()
  }

  event(event: RunEvent): void {
    if (event.type === 'runStarted') this.#startedAt = Date.parse(event.at)
    this.lines.event(event)
    this.onChange()
  }

  draw(): void {
    // The signal of a new size comes later than the size.
    const screen = this.#size()
    if (screen.columns !== this.#screen.columns || screen.rows !== this.#screen.rows) this.forget()
    this.#screen = screen
    const above = this.#above
    this.#above = ''
    const { progress } = this.lines
    const numbers = numbersOf(progress, this.#instances)
    this.#region.show({ above, lines: this.#rows(numbers), beside: this.#window.tell(numbers) })
  }

  /** Nobody knows what stands there now: the next frame has everything. */
  forget(): void {
    this.#region.resized(this.#size().columns)
  }

  /** Writes what was to stay, and leaves the terminal as it was. Once is enough, more does no harm. */
  giveBack(): void {
    const above = this.#above
    this.#above = ''
    this.#region.close({ above, beside: this.#window.clear() })
  }

  #size(): Screen {
    const { columns, rows } = this.#options
    return { columns: Math.max(1, columns()), rows: Math.max(1, rows()) }
  }

  #rows(numbers: ReturnType<typeof numbersOf>): string[] {
    const { progress } = this.lines
    const screen = this.#screen
    const now = this.#options.now()
    const summary = {
      numbers,
      budget: this.#options.rules?.budget ?? null,
      elapsed: this.#startedAt === null ? null : now - this.#startedAt,
      left: this.#countdown?.secondsLeft(progress, this.#instances, now) ?? null,
    }
    // A row of what stays is left to be seen where there is one to spare.
    const room = screen.rows - (screen.rows > 3 ? 2 : 1)
    return [
      ...attemptRows([...progress.running.values()], room, { screen, style: this.#style, now }),
      progressRow(summary, screen, this.#style),
    ]
  }
}
