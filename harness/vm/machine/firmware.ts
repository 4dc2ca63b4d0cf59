import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Architecture } from '../suite.ts'

/** UEFI firmware in two flash images. */
export interface Firmware {
  code: string
  /** Template of its variables: every machine needs a copy of its own. */
  variables: string
}

/**
 * Where firmware is described: the user's word first, then the administrator's, then that of packages. QEMU's
 * docs/interop/firmware.json.
 */
function descriptorFolders(): string[] {
  const own = process.env.XDG_CONFIG_HOME || join(homedir(), '.config')
  return [join(own, 'qemu/firmware'), '/etc/qemu/firmware', '/usr/share/qemu/firmware']
}

/** The machines that qemu-command.ts starts it on, by the patterns that descriptors use. */
const machinePattern: Record<Architecture, string> = { x86_64: 'pc-q35-*', aarch64: 'virt-*' }

/** What our machines do not have, or what would refuse images that nobody signed. */
const unwanted = ['requires-smm', 'secure-boot', 'enrolled-keys', 'amd-sev-es', 'amd-sev-snp', 'intel-tdx']

/** The part of a descriptor that we read. */
interface Descriptor {
  'interface-types': string[]
  mapping: {
    device: string
    executable?: { filename: string; format: string }
    'nvram-template'?: { filename: string; format: string }
  }
  targets: { architecture: string; machines: string[] }[]
  features: string[]
}

/** UEFI firmware of this host for a machine of ours; null when there is none. */
export function findFirmware(architecture: Architecture, folders = descriptorFolders()): Firmware | null {
  for (const folder of folders) {
    for (const name of descriptorNames(folder)) {
      const found = firmwareOf(join(folder, name), architecture)
      if (found) return found
    }
  }
  return null
}

/** In the order of their names: descriptors begin with a number, the preferred ones with a low one. */
function descriptorNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  } catch {
    return []
  }
}

function firmwareOf(path: string, architecture: Architecture): Firmware | null {
  try {
    const {
      'interface-types': types,
      mapping,
      targets,
      features,
    } = JSON.parse(readFileSync(path, 'utf8')) as Descriptor
    const fits = targets.some(
      (target) =>
        target.architecture === architecture && target.machines.includes(machinePattern[architecture]),
    )
    const { executable, 'nvram-template': template } = mapping
    const isPlain = executable?.format === 'raw' && template?.format === 'raw'
    if (!types.includes('uefi') || mapping.device !== 'flash' || !fits || !isPlain) return null
    if (features.some((feature) => unwanted.includes(feature))) return null
    return { code: executable.filename, variables: template.filename }
  } catch {
    // An administrator's empty file hides the packaged one of the same name; a broken one serves nobody.
    return null
  }
}
