import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { findNix } from '../process/find-program.ts'
import { limited, type Need, ok } from './need.ts'
import { isAtLeast, outputOf } from './probe.ts'

const oldestNix: [number, number] = [2, 8]
const stateFolder = '/nix/var/nix'
const daemonSocket = join(stateFolder, 'daemon-socket/socket')

/** Nix itself, and whether this user can build with it. */
export async function nixNeeds(): Promise<Need[]> {
  const nix = findNix()
  const version = nix ? await outputOf(nix, ['--version']) : null
  const need = nixNeed(nix, version)
  const settings = nix && need.state === 'ok' ? await settingsNeed(nix) : []
  return [need, storeNeed(process.getuid?.() === 0), ...settings]
}

function nixNeed(nix: string | null, version: string | null): Need {
  const missing = (detail: string): Need => ({
    id: 'nix',
    title: 'Nix',
    state: 'missing',
    detail,
    mend: `install Nix ${oldestNix.join('.')} or newer: https://nixos.org/download`,
    remedy: { type: 'packages', packages: ['nix-bin'] },
  })
  if (nix === null) return missing('there is no program nix')
  if (version === null) return { ...missing(`${nix} does not start`), remedy: null }
  const isNewEnough = isAtLeast(version, oldestNix)
  if (isNewEnough === false) return { ...missing(`${version.trim()} is too old`), remedy: null }
  return ok('nix', 'Nix', `${version.trim()} at ${nix}`)
}

/** What Nix announces to builds. `nix config show` was called `nix show-config` up to 2.19. */
async function settingsNeed(nix: string): Promise<Need[]> {
  const flags = ['--json', '--extra-experimental-features', 'nix-command flakes']
  const json =
    (await outputOf(nix, ['show-config', ...flags])) ?? (await outputOf(nix, ['config', 'show', ...flags]))
  const features = json === null ? null : systemFeatures(json)
  const [id, title] = ['features', 'Nix system features']
  if (features?.includes('nixos-test')) return [ok(id, title, features.join(' '))]
  const mend = 'add nixos-test to system-features in nix.conf'
  const detail = features === null ? 'unknown' : `${features.join(' ') || 'none'}: tests ask for nixos-test`
  return [limited({ id, title, detail, mend })]
}

function systemFeatures(json: string): string[] | null {
  try {
    const settings = JSON.parse(json) as { 'system-features'?: { value?: string[] } }
    return settings['system-features']?.value ?? null
  } catch {
    return null
  }
}

/** The store is written by this user, or by a daemon, or can be made at the first build by root. */
function storeNeed(isRoot: boolean): Need {
  const title = 'Nix store'
  if (existsSync(daemonSocket)) return ok('store', title, `daemon at ${daemonSocket}`)
  if (isRoot) return ok('store', title, '/nix is written directly, by root')
  const folder = existsSync(stateFolder) ? stateFolder : '/nix'
  if (isWritable(folder)) return ok('store', title, '/nix is written directly, by this user')
  const isThere = existsSync('/nix')
  return {
    id: 'store',
    title,
    state: 'missing',
    detail: isThere ? 'this user cannot write to /nix, and no daemon does' : 'there is no /nix',
    mend: isThere ? 'start nix-daemon, or run as root' : 'sudo install -d -o "$USER" /nix',
    remedy: isThere ? null : { type: 'store-folder' },
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
