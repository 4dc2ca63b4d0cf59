import { existsSync, mkdtempSync, rmdirSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { formatMemory, formatSeconds } from '../model/units.ts'
import { findOnPath } from '../process/find-program.ts'
import type { KvmAnswer } from './kvm.ts'
import { limited, type Need, ok } from './need.ts'
import type { HostResources } from './resources.ts'

/** As in package.json. */
const oldestNode = [20, 19]
const mebibyte = 1024 * 1024
/** Below this, one small VM is all there is room for. */
const comfortableMiB = { memory: 2048, disk: 2048 }

/** Node.js itself. @param version such as `20.19.0` */
export function nodeNeed(version = process.versions.node): Need {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return ok('node', 'Node.js', version)
  }
  return {
    id: 'node',
    title: 'Node.js',
    state: 'missing',
    detail: `${version} is too old`,
    mend: `install Node.js ${oldestNode.join('.')} or newer: https://nodejs.org/en/download`,
    remedy: null,
  }
}

/** Nix reads a flake in a repository through git. */
export function gitNeed(): Need {
  const git = findOnPath('git')
  if (git) return ok('git', 'git', git)
  return {
    id: 'git',
    title: 'git',
    state: 'missing',
    detail: 'there is no program git',
    mend: 'install git',
    remedy: { type: 'packages', packages: ['git'] },
  }
}

/** Never required. A kernel to try it with is worth fetching where nothing else speaks against KVM. */
export function kvmNeed({ works, reason, mend, seconds, lacksKernel }: KvmAnswer): Need {
  const [id, title] = ['kvm', 'KVM']
  if (works) return ok(id, title, `Linux boots under it, in ${formatSeconds(seconds ?? 0)}`)
  const detail = `${reason}; VMs are emulated, many times slower`
  return limited({ id, title, detail, mend }, lacksKernel ? { type: 'guest' } : null)
}

/** Never required: too little only means fewer checks at once. */
export function memoryNeed({ availableMiB, totalMiB, cores }: HostResources): Need {
  const [id, title] = ['memory', 'Memory and cores']
  const detail = `${formatMemory(availableMiB)} of ${formatMemory(totalMiB)} free, ${cores} cores`
  if (availableMiB >= comfortableMiB.memory) return ok(id, title, detail)
  const mend = 'end other programs, or run fewer checks at once with --jobs'
  return limited({ id, title, detail, mend })
}

/** The disk of the Nix store, or where it will be. */
export function storeDiskNeed(): Need {
  const folder = existsSync('/nix') ? '/nix' : '/'
  return diskNeed({ id: 'disk', title: 'Disk of the Nix store', folder, mend: 'nix-collect-garbage' })
}

/** The disk of guest images and packages. @param folder need not exist yet */
export function guestDiskNeed(folder: string): Need {
  const [id, title, nearest] = ['guest-disk', 'Disk of guests', nearestOf(folder)]
  const complaint = whyNotWritable(nearest)
  if (complaint === null) {
    const mend = `free some of it, by deleting ${folder} for example: it is made again`
    return diskNeed({ id, title, folder: nearest, mend })
  }
  const detail = `${folder} cannot be written to: ${complaint}`
  const mend = `make ${nearest} writable, or name another place: XDG_CACHE_HOME=FOLDER`
  return { id, title, state: 'missing', detail, mend, remedy: null }
}

function diskNeed({
  id,
  title,
  folder,
  mend,
}: {
  id: string
  title: string
  folder: string
  mend: string
}): Need {
  const { bavail, bsize } = statfsSync(folder)
  const freeMiB = Math.floor((bavail * bsize) / mebibyte)
  const detail = `${formatMemory(freeMiB)} free at ${folder}`
  return freeMiB >= comfortableMiB.disk ? ok(id, title, detail) : limited({ id, title, detail, mend })
}

/** Permissions do not tell of read-only file systems, nor of those that are none, such as /proc. */
function whyNotWritable(folder: string): string | null {
  try {
    rmdirSync(mkdtempSync(join(folder, '.vmproof-')))
    return null
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

function nearestOf(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestOf(dirname(folder))
}
