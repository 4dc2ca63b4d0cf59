import type { FailureKind } from './report.ts'

/** What ended the execution, as a source saw it from outside; the log's own verdict is judged with it. */
export type AttemptEnd =
  | { type: 'succeeded'; outputDiffers: boolean }
  /** The builder ran and said no. */
  | { type: 'builder-failed'; message: string }
  /** Empty when the attempt's own limit ended it; else who did, and by which setting. */
  | { type: 'timed-out'; message: string }
  | { type: 'interrupted' }
  /** It never ran, or the host broke it: never the check's fault. */
  | { type: 'broken'; kind: Extract<FailureKind, 'build' | 'evaluation' | 'host'>; message: string }
