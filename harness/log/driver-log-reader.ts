import type { LogSink } from '../model/log-event.ts'
import { DriverLog } from './driver-log.ts'
import { DriverRuns } from './driver-runs.ts'
import { LineSplitter } from './line-splitter.ts'
import { FindingScanner } from './symptoms.ts'

/** Reads the log of one test while it is written. */
export interface DriverLogReader {
  /** The next bytes, cut anywhere. */
  write(bytes: Uint8Array): void
  /** No more will come. Reports `logEnded` at once; resolves when the last console line was delivered. */
  end(): Promise<void>
}

/** The driver's first line, in all generations. */
// Machine state will be reset. To keep it, pass --keep-vm-state
const firstWords = 'Machine state will be reset.'

/** @param sink receives events as soon as they are certain, in order */
export function createDriverLogReader(sink: LogSink): DriverLogReader {
  const scanner = new FindingScanner()
  const runs = new DriverRuns(sink)
  const drained: Promise<void>[] = []
  let log = new DriverLog(runs.next(), scanner)
  let line = 0
  const endRun = () => {
    log.end()
    drained.push(log.drained())
  }
  const take = (text: string, start: number, end: number) => {
    if (log.isOver && text.startsWith(firstWords, start)) {
      endRun()
      log = new DriverLog(runs.next(), scanner)
    }
    log.line(text, start, end, ++line)
  }
  const splitter = new LineSplitter(take, { onChunk: (text, bytes) => scanner.prime(text, bytes) })
  return {
    write: (bytes) => splitter.write(bytes),
    end: async () => {
      splitter.end()
      endRun()
      runs.end()
      await Promise.all(drained)
    },
  }
}
