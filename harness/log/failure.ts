import type { Failure, FailureKind } from '../model/report.ts'
import type { Block } from './blocks.ts'
import { cleanMessage } from './text.ts'
import type { Traceback } from './traceback.ts'

/** Where a block's failure stands. */
export function about(block: Block | null): Partial<Failure> {
  return { assertion: block?.entry?.index ?? null, node: block?.node ?? null }
}

/** The innermost frames, clean. */
export function framesOf(traceback: Traceback | null): string[] {
  return (traceback?.frames ?? []).slice(-50).map(cleanMessage)
}

/** A failure of which `rest` is known. @param message clean */
export function failureOf(kind: FailureKind, message: string, rest: Partial<Failure> = {}): Failure {
  return { assertion: null, node: null, kind, message, traceback: [], ...rest }
}
