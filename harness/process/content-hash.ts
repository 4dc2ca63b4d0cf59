import { createHash } from 'node:crypto'

/** SHA-256 in hexadecimal: a name for a content, in caches and as their keys. */
export function contentHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
