import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where vmproof keeps what it can make again; may not exist yet. XDG base directory specification. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'vmproof')
}
