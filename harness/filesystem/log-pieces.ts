import { createReadStream } from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { LogIndex } from '../page/data.ts'
import type { LogPiece } from '../reporters/html/document.ts'
import { wordsFor } from './errors.ts'
import { type LineSegment, LineSegmenter, type SegmentSizes } from './line-segments.ts'

const compressed = promisify(gzip)

/** What of a log is embedded. */
export interface LogExcerpt {
  path: string
  /** Of the file, as it was looked at. */
  bytes: number
  /** So many bytes may be embedded: all, or else the beginning, the surroundings of a line and the end. */
  allowance: number
  /** 1-based; null when no line matters more than others. */
  around: number | null
}

/** Decoding one takes a browser a few milliseconds. */
const segmentBytes = 256 * 1024
const lineBytes = 32 * 1024
/** What is kept of a log is chosen by segments, so an allowance must be worth several; smaller ones hardly compress. */
const segmentsPerAllowance = 16
const leastSegmentBytes = 1024
/** Of a log that is not embedded in whole; the end gets what is left. */
const headShare = 0.25
/** Lines before and behind the one that matters. */
const surroundings = 500

/**
 * The embedded parts of a log, and last its index, read in one go with no more than the log's end in memory. What cannot be
 * read does not take the rest of the page with it.
 */
export async function* logPieces(excerpt: LogExcerpt): AsyncGenerator<LogPiece> {
  const index: LogIndex = { bytes: excerpt.bytes, lines: 0, segments: [] }
  try {
    for await (const [segment, isKept] of chosenSegments(excerpt)) {
      index.lines += segment.lines
      const content = isKept ? (await compressed(segment.bytes)).toString('base64') : null
      const number = note(index, segment, isKept)
      if (content !== null) yield { type: 'segment', segment: number, content }
    }
  } catch (error) {
    index.problem = wordsFor(error)
  }
  yield { type: 'index', index }
}

/** @returns the number of the segment; neighbours that are not embedded become one */
function note({ segments }: LogIndex, { line, lines }: LineSegment, embedded: boolean): number {
  const last = segments.at(-1)
  if (last && !last.embedded && !embedded) last.lines += lines
  else segments.push({ line, lines, embedded })
  return segments.length - 1
}

/** All segments in order, each with whether it is embedded. Those that may be the end wait until that is known. */
async function* chosenSegments(excerpt: LogExcerpt): AsyncGenerator<[LineSegment, boolean]> {
  const head = isWhole(excerpt) ? Number.POSITIVE_INFINITY : excerpt.allowance * headShare
  const most = excerpt.allowance - head
  const waiting: LineSegment[] = []
  let used = 0
  let isHead = true
  let waitingBytes = 0
  for await (const segment of segmentsOf(excerpt)) {
    const isAround = covers(segment, excerpt.around)
    // A short one behind it may fit again, but the beginning is over.
    isHead &&= used + segment.bytes.length <= head
    if (isHead || isAround) {
      // What happened right before says more than what happened long after.
      for (const [at, one] of waiting.entries()) yield [one, at === waiting.length - 1]
      waiting.length = 0
      waitingBytes = 0
      used += segment.bytes.length
      yield [segment, true]
      continue
    }
    waiting.push(segment)
    waitingBytes += segment.bytes.length
    while (waitingBytes > most) {
      const passed = waiting.shift()
      if (!passed) break
      waitingBytes -= passed.bytes.length
      yield [passed, false]
    }
  }
  for (const one of waiting) yield [one, true]
}

function isWhole({ bytes, allowance }: LogExcerpt): boolean {
  return bytes <= allowance
}

function covers({ line, lines }: LineSegment, wanted: number | null): boolean {
  return wanted !== null && wanted + surroundings >= line && wanted - surroundings < line + lines
}

async function* segmentsOf(excerpt: LogExcerpt): AsyncGenerator<LineSegment> {
  const segmenter = new LineSegmenter(sizesFor(excerpt))
  const chunks = createReadStream(excerpt.path, { highWaterMark: segmentBytes }) as AsyncIterable<Buffer>
  for await (const chunk of chunks) yield* segmenter.write(chunk)
  yield* segmenter.end()
}

function sizesFor(excerpt: LogExcerpt): SegmentSizes {
  if (isWhole(excerpt)) return { segment: segmentBytes, line: lineBytes }
  const share = Math.floor(excerpt.allowance / segmentsPerAllowance)
  const segment = Math.max(leastSegmentBytes, Math.min(segmentBytes, share))
  return { segment, line: Math.min(lineBytes, segment) }
}
