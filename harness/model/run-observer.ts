import type { RunEvent } from './run-event.ts'

/** Whoever watches a run as it happens: terminal, plain lines. Called in the journal's order, after the journal. */
export interface RunObserver {
  event(event: RunEvent): void
  /** A console line of a node, sanitised; not part of the journal. */
  console(instance: string, node: string, text: string): void
  /** The run is over: release the terminal. */
  close(): void
}
