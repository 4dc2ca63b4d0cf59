import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { contentHash } from '../process/content-hash.ts'
import { createNixCommand, type NixCommand, wordsOf } from './nix-command.ts'

/** The Nix of this host: how to call it and what it can do. */
export interface NixHost {
  nix: NixCommand
  /** Another Nix, or the same with another setting, has another one. */
  fingerprint: string
  /** Such as `x86_64-linux`. */
  system: string
  /** All systems that it builds for, `system` included. */
  systems: string[]
  /** `system-features`. */
  features: string[]
  /** Remote builders are configured. */
  hasBuilders: boolean
  /** No daemon between: options take effect, and builders are our descendants. */
  isLocal: boolean
  /** In front of `/nix/store` on disk; empty but for relocated stores. */
  storeRoot: string
  /** Added to every call, as the project's configuration asks. */
  options: Record<string, string>
}

/** @param options of the project, passed to every call. @throws UserError when there is no working Nix */
export async function connectNix(options: Record<string, string>): Promise<NixHost> {
  const bare = createNixCommand(options)
  const { settings, json } = await readSettings(bare)
  const store = process.env.NIX_REMOTE || text(settings, 'store') || 'auto'
  const isLocal = isLocalStore(store)
  const noGroup = isLocal && process.getuid?.() === 0 && !groupExists(text(settings, 'build-users-group'))
  const system = text(settings, 'system')
  return {
    nix: bare.withOptions({
      ...(isLocal && !('build-poll-interval' in options) ? quickPolling : {}),
      ...(noGroup ? { 'build-users-group': '' } : {}),
    }),
    fingerprint: contentHash(JSON.stringify([programState(bare.program), json])),
    system,
    systems: [system, ...list(settings, 'extra-platforms')],
    features: featuresOf(settings, isLocal),
    hasBuilders: hasBuilders(text(settings, 'builders')),
    isLocal,
    storeRoot: storeRootOf(store),
    options,
  }
}

/**
 * Seconds between two looks at a lock that another Nix holds, here most often one for another check with the same
 * input. The default of 5 is more than many inputs take. A daemon does not listen to its clients about it.
 */
const quickPolling = { 'build-poll-interval': '1' }

type Settings = Record<string, { value?: unknown; defaultValue?: unknown } | undefined>

/** As `nix --version` says it; Lix and Determinate have their own words. */
export async function versionOf(nix: NixCommand): Promise<string> {
  const run = await nix.run('nix', ['--version'])
  return run.stdout.trim()
}

/**
 * The settings come with their defaults and descriptions, which tell versions apart as well, also where the
 * program is only a script that starts the real one. So Nix need not be asked for its version each time.
 */
function programState(program: string): unknown[] {
  const path = realpathSync(program)
  const { size, mtimeMs } = statSync(path)
  return [path, size, mtimeMs]
}

/** `show-config` is what `nix config show` was called up to 2.19; as an alias it works in all versions so far. */
async function readSettings(nix: NixCommand): Promise<{ settings: Settings; json: string }> {
  const older = await nix.run('nix', ['show-config', '--json'])
  const known = older.ok ? parseSettings(older.stdout) : null
  if (known) return { settings: known, json: older.stdout }
  const newer = await nix.run('nix', ['config', 'show', '--json'])
  const settings = newer.ok ? parseSettings(newer.stdout) : null
  if (settings) return { settings, json: newer.stdout }
  const words = wordsOf(older).slice(-5)
  throw new UserError('Nix does not work on this host', words, exitCodes.infrastructure)
}

function parseSettings(json: string): Settings | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Settings) : null
  } catch {
    return null
  }
}

/**
 * A client computes the default of `system-features` for itself: without access to /dev/kvm it leaves out kvm,
 * although the daemon, being root, has it.
 */
function featuresOf(settings: Settings, isLocal: boolean): string[] {
  const features = list(settings, 'system-features')
  const byDefault = JSON.stringify(features) === JSON.stringify(settings['system-features']?.defaultValue)
  const daemonHasKvm = !isLocal && byDefault && !features.includes('kvm') && existsSync('/dev/kvm')
  return daemonHasKvm ? [...features, 'kvm'] : features
}

/** src/libstore/store-api.cc: `auto` is the local store where its state can be written, else the daemon. */
function isLocalStore(store: string): boolean {
  if (store === 'auto') return isWritable(stateFolder()) || !existsSync(daemonSocket())
  return store === 'local' || store.startsWith('local?') || store.startsWith('/')
}

/** Since 2.10 an ordinary user without a daemon gets a store of their own, moved to the home folder. */
function storeRootOf(store: string): string {
  if (store.startsWith('/')) return store.replace(/\/+$/, '')
  const dataFolder = process.env.XDG_DATA_HOME || join(homedir(), '.local/share')
  const root = join(dataFolder, 'nix/root')
  const moved = store === 'auto' && !existsSync(stateFolder()) && existsSync(join(root, 'nix/store'))
  return moved ? root : ''
}

function stateFolder(): string {
  return process.env.NIX_STATE_DIR || '/nix/var/nix'
}

function daemonSocket(): string {
  return process.env.NIX_DAEMON_SOCKET_PATH || join(stateFolder(), 'daemon-socket/socket')
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Debian's nix-bin asks for the group nixbld, which only its daemon package makes. */
function groupExists(group: string): boolean {
  if (group === '') return true
  try {
    return readFileSync('/etc/group', 'utf8')
      .split('\n')
      .some((line) => line.startsWith(`${group}:`))
  } catch {
    return true
  }
}

/** The default `@/etc/nix/machines` names a file that seldom exists. */
function hasBuilders(value: string): boolean {
  if (!value.startsWith('@')) return value.trim() !== ''
  try {
    return readFileSync(value.slice(1), 'utf8')
      .split('\n')
      .some((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  } catch {
    return false
  }
}

function text(settings: Settings, name: string): string {
  const value = settings[name]?.value
  return typeof value === 'string' ? value : ''
}

function list(settings: Settings, name: string): string[] {
  const value = settings[name]?.value
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}
