import type { SeenEnvironment } from './environment.ts'

/** What a module exports by default, as told by the reader's program: one JSON object. */
export type ReaderMessage =
  | {
      type: 'loaded'
      value: unknown
      /** The environment variables that it looked at. */
      environment: SeenEnvironment
    }
  | { type: 'threw'; message: string; stack: string[] }
  /** It called process.exit. */
  | { type: 'left'; code: number; stack: string[] }
