import { existsSync } from 'node:fs'
import { qemuPackages } from '../debian/qemu-packages.ts'
import { findOnPath } from '../process/find-program.ts'
import { hasGuest, unpackersOf } from './guest-material.ts'
import { limited, type Need, ok } from './need.ts'
import type { Platform } from './platform.ts'
import { guestFolder, toolsFolder } from './prepared-folder.ts'
import { isAtLeast, outputOf } from './probe.ts'
import { type ToolsState, toolsState } from './tools.ts'

/** Virtual networks need `-netdev stream`, which came with this version. */
const oldestQemu: [number, number] = [7, 2]

type Architecture = keyof typeof qemuPackages

/** QEMU for guests of this host's own architecture. */
export async function qemuNeed(architecture: Architecture): Promise<Need> {
  const [id, title] = ['qemu', 'QEMU']
  const { found, complaint } = await findQemu(architecture)
  if (found !== null) return ok(id, title, found)
  return { id, title, state: 'missing', detail: complaint, ...qemuRemedy(architecture) }
}

/**
 * QEMU for guests of the other architecture. Beside the first it is 9 MB more to download and 42 MB on disk, for
 * which the suites with such nodes run, so setup installs it with the first; without it the others run all the same.
 */
export async function otherQemuNeed(architecture: Architecture): Promise<Need> {
  const [id, title] = [`qemu-${architecture}`, `QEMU for ${architecture}`]
  const { found, complaint } = await findQemu(architecture)
  if (found !== null) return ok(id, title, found)
  const { mend, remedy } = qemuRemedy(architecture)
  const detail = `${complaint}: checks with ${architecture} nodes cannot run`
  return limited({ id, title, detail, mend }, remedy)
}

function qemuRemedy(architecture: Architecture) {
  const name = qemuPackages[architecture]
  return {
    mend: `install QEMU ${oldestQemu.join('.')} or newer (${name})`,
    remedy: { type: 'packages' as const, packages: [name as string] },
  }
}

async function findQemu(architecture: Architecture): Promise<{ found: string | null; complaint: string }> {
  const name = `qemu-system-${architecture}`
  const program = findOnPath(name)
  if (program === null) return { found: null, complaint: `there is no program ${name}` }
  const [first = ''] = ((await outputOf(program, ['--version'])) ?? '').split('\n')
  if (isAtLeast(first, oldestQemu)) return { found: `${first} at ${program}`, complaint: '' }
  return {
    found: null,
    complaint: first ? `${first} is older than ${oldestQemu.join('.')}` : `${program} does not start`,
  }
}

/** Guests are put together from Debian packages, fetched and unpacked without root. */
export function packagesNeed(platform: Platform): Need {
  const [id, title] = ['packages', 'Packages for guests']
  const lacking = ['apt-get', 'apt-cache', 'dpkg-deb'].filter((program) => findOnPath(program) === null)
  if (lacking.length > 0) {
    const detail = `there is no program ${lacking.join(', ')}`
    const mend =
      'Debian or Ubuntu, a container of one of them, or nodes with a kernel and initrd given by path'
    return { id, title, state: 'missing', detail, mend, remedy: null }
  }
  const packages = compressesModules(platform) ? unpackersOf(platform) : []
  if (packages.length === 0) return ok(id, title, 'apt fetches them, dpkg-deb unpacks them')
  const detail = `${packages.join(', ')} is not installed, and kernel modules are compressed with it`
  const mend = `install ${packages.join(', ')}`
  return { id, title, state: 'missing', detail, mend, remedy: { type: 'packages', packages } }
}

/** Debian since 13, Ubuntu, and who knows which others. */
function compressesModules({ id, version }: Platform): boolean {
  return id !== 'debian' || version === undefined || Number(version) >= 13
}

/** What the builders of the project's own NixOS checks make their guests of. */
export function guestNeed(architecture: Architecture): Need {
  const folder = guestFolder(architecture)
  const [id, title] = ['guest', 'Guest kernel and busybox']
  if (hasGuest(architecture)) return ok(id, title, folder)
  return {
    id,
    title,
    state: 'missing',
    detail: `not in ${folder}`,
    mend: `vmproof setup (elsewhere than on Debian and Ubuntu: put vmlinuz, a static busybox and its modules/ there)`,
    remedy: { type: 'guest' },
  }
}

/** The project's own NixOS checks put the host's `ip` and `tc` into guests whose links a profile constrains. */
export function iproute2Need(): Need {
  const [id, title] = ['iproute2', 'iproute2']
  const tc = findOnPath('tc') ?? ['/usr/sbin/tc', '/sbin/tc'].find((path) => existsSync(path))
  if (tc) return ok(id, title, tc)
  return {
    id,
    title,
    state: 'missing',
    detail: 'there is no program tc, with which profiles constrain links',
    mend: 'install iproute2',
    remedy: { type: 'packages', packages: ['iproute2'] },
  }
}

const toolsDetails: Record<Exclude<ToolsState, 'ready'>, string> = {
  absent: `not in ${toolsFolder}`,
  stale: `those in ${toolsFolder} are of another version`,
  'no-dependencies': 'the dependencies of this checkout are not installed',
}

/** What the builders of the project's own NixOS checks run. */
export function toolsNeed(): Need {
  const title = 'Tools for builders'
  const state = toolsState()
  if (state === 'ready') return ok('tools', title, toolsFolder)
  return {
    id: 'tools',
    title,
    state: 'missing',
    detail: toolsDetails[state],
    mend: state === 'no-dependencies' ? 'pnpm install' : 'vmproof setup',
    remedy: state === 'no-dependencies' ? null : { type: 'tools' },
  }
}
