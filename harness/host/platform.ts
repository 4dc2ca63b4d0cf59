import { readFileSync } from 'node:fs'
import { findOnPath } from '../process/find-program.ts'

/** The operating system as far as installing software goes. */
export interface Platform {
  /** For people, such as `Debian GNU/Linux 12 (bookworm)`. */
  name: string
  /** `ID` of os-release(5), such as `debian`; `unknown` where there is none. */
  id: string
  /** `VERSION_ID` of os-release(5), such as `12`; not every system has one. */
  version?: string
  /** As `uname -m` has it; null for others. */
  architecture: 'x86_64' | 'aarch64' | null
  /** apt-get is there and rules this system. */
  hasApt: boolean
  isRoot: boolean
  /** Path of sudo, where it is needed and there. */
  sudo: string | null
}

const architectures: Partial<Record<NodeJS.Architecture, Platform['architecture']>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
}

/** @param osRelease a file in the format of os-release(5); another than the host's only in tests */
export function readPlatform(osRelease = '/etc/os-release'): Platform {
  const fields = osReleaseFields(osRelease)
  const id = fields.get('ID') ?? 'unknown'
  const family = [id, ...(fields.get('ID_LIKE') ?? '').split(' ')]
  const version = fields.get('VERSION_ID')
  const isRoot = process.getuid?.() === 0
  return {
    name: fields.get('PRETTY_NAME') ?? `${process.platform} (unknown distribution)`,
    id,
    ...(version === undefined ? {} : { version }),
    architecture: architectures[process.arch] ?? null,
    hasApt: family.includes('debian') && findOnPath('apt-get') !== null,
    isRoot,
    sudo: isRoot ? null : findOnPath('sudo'),
  }
}

/** Lines `NAME=value`, the value perhaps quoted as in a shell. */
function osReleaseFields(file: string): Map<string, string> {
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    return new Map(
      lines.flatMap((line): [string, string][] => {
        const match = /^(\w+)=(["']?)(.*)\2\s*$/.exec(line)
        return match ? [[match[1] ?? '', match[3] ?? '']] : []
      }),
    )
  } catch {
    return new Map()
  }
}
