import type { LogSink } from '../model/log-event.ts'
import { DriverLog } from './driver-log.ts'
import { LineSplitter } from './line-splitter.ts'
import { FindingScanner } from './symptoms.ts'

/** Reads the log of one test while it is written. */
export interface DriverLogReader {
  /** The next bytes, cut anywhere. */
  write(bytes: Uint8Array): void
  /** No more will come. Reports `logEnded` at once; resolves when the last console line was delivered. */
  end(): Promise<void>
}

/** @param sink receives events as soon as they are certain, in order */
export function createDriverLogReader(sink: LogSink): DriverLogReader {
  const scanner = new FindingScanner()
  const log = new DriverLog(sink, scanner)
  let line = 0
  const splitter = new LineSplitter((text, start, end) => log.line(text, start, end, ++line), {
    onChunk: (text, bytes) => scanner.prime(text, bytes),
  })
  return {
    write: (bytes) => splitter.write(bytes),
    end: () => {
      splitter.end()
      log.end()
      return log.drained()
    },
  }
}
