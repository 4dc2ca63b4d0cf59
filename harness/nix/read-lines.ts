import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** A line beyond this is cut there: memory must not grow with what a guest prints without a newline. */
const maxLineLength = 64 * 1024 * 1024

/** Calls `onLine` for every line of a stream, without its newline; resolves at the stream's end. */
export async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  const keep = (part: string) => {
    if (length < maxLineLength) parts.push(part)
    length += part.length
  }
  const flush = () => {
    onLine(parts.length === 1 ? (parts[0] ?? '') : parts.join(''))
    parts = []
    length = 0
  }
  try {
    for await (const chunk of stream) {
      const pieces = decoder.write(chunk as Buffer).split('\n')
      for (const [index, piece] of pieces.entries()) {
        keep(piece)
        if (index < pieces.length - 1) flush()
      }
    }
  } catch {
    // The pipe broke with its process; what came until then counts.
  }
  keep(decoder.end())
  if (length > 0) flush()
}

/** @returns the whole of a stream as text, at most `maxBytes` of it */
export async function readText(stream: Readable, maxBytes = 64 * 1024 * 1024): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      size += (chunk as Buffer).length
      if (size <= maxBytes) chunks.push(chunk as Buffer)
    }
  } catch {
    // As above.
  }
  return Buffer.concat(chunks).toString('utf8')
}
