import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { NixHost } from './nix-host.ts'
import type { CheckSet } from './target.ts'

/**
 * A key that changes whenever anything changes that is known before an evaluation: the sources and locked inputs
 * of a flake, Nix itself, its options. null where a flake has no such identity: then nothing is remembered. A
 * plain Nix file tells only while it is evaluated what it reads; see dependencies.ts.
 */
export async function identityOf(host: NixHost, set: CheckSet): Promise<string | null> {
  const place = set.type === 'flake' ? await flakeContent(host, set.ref) : fileContent(set)
  return place && hashOf(JSON.stringify([place, host.version, host.options, set.system, host.storeRoot]))
}

export function hashOf(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** The parts of `nix flake metadata --json` that name content; newer versions add more. */
interface FlakeMetadata {
  locked?: { narHash?: string; rev?: string; dirtyRev?: string; dir?: string }
  locks?: unknown
}

/**
 * What Nix has locked: a hash over the source (with a dirty tree as it is now) and the lock of every input.
 * Impure evaluation can see more than that.
 */
async function flakeContent(host: NixHost, ref: string): Promise<unknown[] | null> {
  if (host.options['pure-eval'] === 'false') return null
  const run = await host.nix.run('nix', ['flake', 'metadata', '--json', '--no-write-lock-file', ref])
  if (!run.ok) return null
  const { locked, locks } = JSON.parse(run.stdout) as FlakeMetadata
  const revision = locked?.dirtyRev === undefined ? locked?.rev : undefined
  const source = locked?.narHash ?? revision
  return source ? ['flake', source, locked?.dir ?? '', revision ?? '', locks ?? null] : null
}

/** What nixpkgs looks at beside the files: its variables and the user's configuration of it. */
function fileContent(set: Extract<CheckSet, { type: 'file' }>): unknown[] {
  const names = Object.keys(process.env).filter((name) => /^(NIX_PATH|NIXPKGS_\w+|HOME|USER)$/.test(name))
  const variables = names.sort().map((name) => [name, process.env[name]])
  const folders = ['.config/nixpkgs', '.nixpkgs'].map((folder) => existsSync(join(homedir(), folder)))
  return ['file', set.file, set.attr, variables, folders]
}
