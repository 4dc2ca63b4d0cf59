/** What a person asks of the nodes of a check. */
export type Order =
  /** Starts the node when it does not run yet. */
  | { type: 'run'; node: string; command: string }
  /** None named: all. */
  | { type: 'start'; nodes: string[] }
  /** The check's own script. */
  | { type: 'script' }

/** What became of an order. */
export interface Answer {
  /** Exit status of a command; null where there was none. */
  status: number | null
  /** Both outputs of a command, in order. */
  output: string
  /** Why it could not be done, one or more lines; null when it was. */
  error: string | null
}

/** A person, or a file of commands, who uses the nodes of a check in place of its own script. */
export interface Operator {
  /** The next is asked for when the one before was answered; their end ends the nodes. */
  orders: AsyncIterator<Order>
  answered(answer: Answer): void
}
