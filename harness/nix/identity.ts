import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { contentHash } from '../process/content-hash.ts'
import type { NixCommand } from './nix-command.ts'
import type { NixHost } from './nix-host.ts'
import type { AbsoluteTarget, CheckSet } from './target.ts'

/**
 * What stands at a place, as far as it is known before an evaluation: the sources and locked inputs of a flake.
 * null where a flake has no such identity. A plain Nix file tells only while it is evaluated what it reads; see
 * dependencies.ts.
 */
export type PlaceContent = unknown[] | null

/** @param options of the project, which `nix` is called with */
export async function contentOf(
  place: AbsoluteTarget,
  nix: NixCommand,
  options: Record<string, string>,
): Promise<PlaceContent> {
  if (place.type === 'file') return fileContent(place)
  // Impure evaluation can see more than the flake.
  return options['pure-eval'] === 'false' ? null : flakeContent(nix, place.ref)
}

/** A key that changes with the content, with Nix itself, and with its settings; null: nothing is remembered. */
export function identityOf(host: NixHost, set: CheckSet, content: PlaceContent): string | null {
  const store = [host.storeRoot, process.env.NIX_STORE_DIR ?? '']
  return (
    content && contentHash(JSON.stringify([content, host.fingerprint, host.options, set.system, ...store]))
  )
}

/** The parts of `nix flake metadata --json` that name content; newer versions add more. */
interface FlakeMetadata {
  locked?: { narHash?: string; rev?: string; dirtyRev?: string; dir?: string }
  locks?: unknown
}

/** What Nix has locked: a hash over the source (with a dirty tree as it is now) and the lock of every input. */
async function flakeContent(nix: NixCommand, ref: string): Promise<PlaceContent> {
  const run = await nix.run('nix', ['flake', 'metadata', '--json', '--no-write-lock-file', ref])
  if (!run.ok) return null
  const { locked, locks } = JSON.parse(run.stdout) as FlakeMetadata
  const revision = locked?.dirtyRev === undefined ? locked?.rev : undefined
  const source = locked?.narHash ?? revision
  return source ? ['flake', source, locked?.dir ?? '', revision ?? '', locks ?? null] : null
}

/** What nixpkgs looks at beside the files: its variables and the user's configuration of it. */
function fileContent({ file, attr }: Extract<AbsoluteTarget, { type: 'file' }>): PlaceContent {
  const names = Object.keys(process.env).filter((name) => /^(NIX_PATH|NIXPKGS_\w+|HOME|USER)$/.test(name))
  const variables = names.sort().map((name) => [name, process.env[name]])
  const folders = ['.config/nixpkgs', '.nixpkgs'].map((folder) => existsSync(join(homedir(), folder)))
  return ['file', file, attr, variables, folders]
}
