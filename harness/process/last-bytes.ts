import type { Readable } from 'node:stream'

/** Reads a stream to its end. @returns its last bytes, `most` of them; what came before is gone */
export async function lastBytes(
  stream: Readable,
  most: number,
  see: (bytes: Buffer) => void = () => {},
): Promise<Buffer> {
  let last: Buffer = Buffer.alloc(0)
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    see(bytes)
    last = Buffer.concat([last, bytes]).subarray(-most)
  }
  return last
}
