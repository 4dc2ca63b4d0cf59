import { findOnPath } from '../process/find-program.ts'
import { hasGuest } from './guest-material.ts'
import { type Need, ok } from './need.ts'
import type { Platform } from './platform.ts'
import { guestFolder, toolsFolder } from './prepared-folder.ts'
import { isAtLeast, outputOf } from './probe.ts'
import { type ToolsState, toolsState } from './tools.ts'

/** Virtual networks need `-netdev stream`, which came with this version. */
const oldestQemu: [number, number] = [7, 2]

/** What the built-in driver, and so the project's own checks, need beyond Nix. */
export async function vmNeeds(platform: Platform): Promise<Need[]> {
  const architecture = platform.architecture ?? 'x86_64'
  return [await qemuNeed(architecture), guestNeed(architecture), toolsNeed()]
}

async function qemuNeed(architecture: string): Promise<Need> {
  const name = `qemu-system-${architecture}`
  const program = findOnPath(name)
  const version = program ? await outputOf(program, ['--version']) : null
  const [first = ''] = (version ?? '').split('\n')
  if (program && isAtLeast(first, oldestQemu)) return ok('qemu', 'QEMU', `${first} at ${program}`)
  const packageName = architecture === 'aarch64' ? 'qemu-system-arm' : 'qemu-system-x86'
  return {
    id: 'qemu',
    title: 'QEMU',
    state: 'missing',
    detail:
      program === null
        ? `there is no program ${name}`
        : `${first || program} is older than ${oldestQemu.join('.')}`,
    mend: `install QEMU ${oldestQemu.join('.')} or newer (${packageName})`,
    remedy: { type: 'packages', packages: [packageName] },
  }
}

function guestNeed(architecture: string): Need {
  const folder = guestFolder(architecture)
  if (hasGuest(architecture)) return ok('guest', 'Guest kernel and busybox', folder)
  return {
    id: 'guest',
    title: 'Guest kernel and busybox',
    state: 'missing',
    detail: `not in ${folder}`,
    mend: `vmproof setup (elsewhere than on Debian and Ubuntu: put vmlinuz, a static busybox and its modules/ there)`,
    remedy: { type: 'guest' },
  }
}

const toolsDetails: Record<Exclude<ToolsState, 'ready'>, string> = {
  absent: `not in ${toolsFolder}`,
  stale: `those in ${toolsFolder} are of another version`,
  'no-dependencies': 'the dependencies of this checkout are not installed',
}

function toolsNeed(): Need {
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
