import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { formatMemory } from '../model/units.ts'
import { findOnPath } from '../process/find-program.ts'
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

/** Never required. Only a guest that boots would prove that KVM works; opening the device disproves much. */
export function kvmNeed(device = '/dev/kvm'): Need {
  const emulated = (detail: string, mend: string) =>
    limited('kvm', 'KVM', `${detail}; VMs are emulated, many times slower`, mend)
  if (!existsSync(device)) {
    return emulated(`there is no ${device}`, 'switch on virtualisation in the firmware or in the outer VM')
  }
  try {
    accessSync(device, constants.R_OK | constants.W_OK)
    return ok('kvm', 'KVM', `${device} can be opened; whether guests boot under it was not tried`)
  } catch {
    return emulated(
      `${device} cannot be opened by this user`,
      'sudo usermod -aG kvm "$USER", then log in again',
    )
  }
}

/** Never required: too little only means fewer checks at once. */
export function memoryNeed({ availableMiB, totalMiB, cores }: HostResources): Need {
  const detail = `${formatMemory(availableMiB)} of ${formatMemory(totalMiB)} free, ${cores} cores`
  if (availableMiB >= comfortableMiB.memory) return ok('memory', 'Memory and cores', detail)
  const mend = 'end other programs, or run fewer checks at once with --jobs'
  return limited('memory', 'Memory and cores', detail, mend)
}

/** @param folder what will grow: the Nix store, or where it will be */
export function diskNeed(folder: string): Need {
  const { bavail, bsize } = statfsSync(folder)
  const freeMiB = Math.floor((bavail * bsize) / mebibyte)
  const detail = `${formatMemory(freeMiB)} free at ${folder}`
  if (freeMiB >= comfortableMiB.disk) return ok('disk', 'Disk', detail)
  return limited('disk', 'Disk', detail, 'nix-collect-garbage, or free some disk')
}
