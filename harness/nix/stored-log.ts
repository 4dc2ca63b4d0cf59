import type { NixCommand } from './nix-command.ts'

/**
 * The log that Nix keeps of the last build of a derivation, on this host or, as Nix does, from a binary cache.
 * @returns null when there is none
 */
export async function storedLog(
  nix: NixCommand,
  derivation: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | null> {
  const child = nix.start('nix-store', ['--read-log', derivation])
  child.stderr.resume()
  const stop = () => void child.stop()
  signal.addEventListener('abort', stop, { once: true })
  void child.exited.then(() => signal.removeEventListener('abort', stop))
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  const first = await chunks.next().catch(() => ({ done: true as const, value: undefined }))
  return first.done ? null : startingWith(first.value, chunks)
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
