import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** A line beyond this is cut there: memory must not grow with what a guest prints without a newline. */
export const maxLineLength = 16 * 1024 * 1024

/**
 * Calls `onLine` for every line of a stream, without its newline; resolves at the stream's end, also when its pipe
 * breaks. Rejects with what `onLine` throws.
 */
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
  for await (const chunk of chunksOf(stream)) {
    const pieces = decoder.write(chunk).split('\n')
    for (const [index, piece] of pieces.entries()) {
      keep(piece)
      if (index < pieces.length - 1) flush()
    }
  }
  keep(decoder.end())
  if (length > 0) flush()
}

/** @returns the whole of a stream as text, at most `maxBytes` of it */
export async function readText(stream: Readable, maxBytes = 64 * 1024 * 1024): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of chunksOf(stream)) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A pipe that breaks with its process ends like any other: what came until then counts. */
async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch {
    // What the reader of the chunks throws does not come here: it ends this loop by returning.
  }
}
