import { Buffer } from 'node:buffer'
import { asDrawn, isMarker, Unwrapper } from './carriers.ts'
import type { LineRun } from './consoles.ts'
import { LineSplitter } from './line-splitter.ts'
import { NixOutput } from './nix-output.ts'
import { FindingScanner } from './symptoms.ts'
import type { OnTest } from './test-streams.ts'

/** Reads an input of any kind: a driver log, Nix output of several builds, a CI job's log. */
export interface LogFileReader {
  /** The next bytes, cut anywhere. */
  write(bytes: Uint8Array): void
  end(): void
}

/**
 * @param onTest is asked for a receiver at the first event of each test; the receiver gets `logEnded` last. Tests
 *   whose lines are mixed are open at the same time.
 */
export function createLogFileReader(onTest: OnTest): LogFileReader {
  const scanner = new FindingScanner()
  const nix = new NixOutput(onTest, scanner)
  const unwrapper = new Unwrapper((text, start, end, number) => {
    if (text.charCodeAt(end - 1) === 13) end--
    // Nearly every line has no CR left and starts no marker; this must cost nothing.
    if (mayNeedWork(text, start, end)) {
      const line = asDrawn(text.slice(start, end))
      if (!isMarker(line)) nix.line(line, 0, line.length, number)
    } else nix.line(text, start, end, number)
  })
  const takeRun = (text: string, start: number, run: LineRun) => nix.consoleLines(text, start, run)
  const splitter = new LineSplitter((text, start, end) => unwrapper.line(text, start, end), {
    onChunk: (text, bytes) => scanner.prime(text, bytes),
    skip: (text, start) => unwrapper.skip(text, start, takeRun),
  })
  const decode = utf16Decoder()
  return {
    write: (bytes) => splitter.write(decode(bytes)),
    end: () => {
      splitter.end()
      unwrapper.end()
      nix.end()
    },
  }
}

/** `#`, `:`, `s`, `S`, CR, or an escape code other than the two that driver lines begin with. */
function mayNeedWork(text: string, start: number, end: number): boolean {
  const code = text.charCodeAt(start)
  if (code === 27) {
    const kind = text.charCodeAt(start + 2)
    // \e[1m and \e[2m, \e[31m
    return kind !== 50 && kind !== 49 && kind !== 51
  }
  if (code === 35 || code === 58 || code === 13) return true
  if (code === 83) return text.startsWith('Script ', start)
  return code === 115 && end - start > 8 && text.startsWith('section_', start)
}

/** PowerShell saves logs as UTF-16 with a byte order mark; everything else stays as it is. */
function utf16Decoder(): (bytes: Uint8Array) => Uint8Array {
  let decoder: InstanceType<typeof TextDecoder> | null | undefined
  return (bytes) => {
    if (decoder === undefined && bytes.length > 0) {
      const [first, second] = bytes
      decoder = null
      if (first === 0xff && second === 0xfe) decoder = new TextDecoder('utf-16le')
      if (first === 0xfe && second === 0xff) decoder = new TextDecoder('utf-16be')
    }
    return decoder ? Buffer.from(decoder.decode(bytes, { stream: true }), 'utf8') : bytes
  }
}
