import { type CheckDetails, elementIds, type LogIndex, type PageData } from './data.ts'

/** Reads what the page knows from the start. */
export function readPageData(): PageData {
  return parsed(elementIds.page) as PageData
}

const details = new Map<number, CheckDetails>()

/** What only a check's own view shows. @param n its place among the checks */
export function readDetails(n: number): CheckDetails {
  const known = details.get(n) ?? (parsed(elementIds.check(n)) as CheckDetails)
  details.set(n, known)
  return known
}

/**
 * Where a log's lines are; logs stand behind all else, so wait until the document is complete. One that is missing then
 * is empty and says why: of a large page perhaps not all was downloaded.
 */
export function readLogIndex(log: number): LogIndex {
  const id = elementIds.log(log)
  const missing = { bytes: 0, lines: 0, segments: [], problem: 'this page is not complete' }
  return document.getElementById(id) ? (parsed(id) as LogIndex) : missing
}

/** A segment of a log, decoded. */
export async function readSegment(log: number, segment: number): Promise<string> {
  const stream = new Blob([bytesOf(textOf(elementIds.segment(log, segment)))])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

function parsed(id: string): unknown {
  return JSON.parse(textOf(id))
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? ''
}
