import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolders } from '../process/make-folders.ts'

/** Machine families by Debian's names. */
export type DebianArchitecture = 'amd64' | 'arm64'

/** By the names of `uname -m`. */
export const debianArchitectures = { x86_64: 'amd64', aarch64: 'arm64' } as const

/** How a job reports and is stopped. */
export interface Progress {
  /** One line for people. */
  note(text: string): void
  signal?: AbortSignal
}

/** A private apt: the host's sources and keys, but lists, caches and an architecture of its own. */
export interface AptHome {
  architecture: DebianArchitecture
  /** Configuration file, for the option `-c` of apt's programs, which read it behind the host's own. */
  configuration: string
  lists: string
  /** Its age is the age of the lists. */
  stamp: string
}

/**
 * Makes the folder of a private apt. It needs no root and works for another architecture than the host's, as the
 * host's own apt does only after `dpkg --add-architecture`.
 */
export function makeAptHome(cacheFolder: string, architecture: DebianArchitecture): AptHome {
  const folder = join(cacheFolder, 'apt', architecture)
  const lists = join(folder, 'lists')
  for (const one of [lists, join(folder, 'cache')]) makeFolders(join(one, 'partial'))
  makeFolders(join(folder, 'cache/archives/partial'))
  const status = join(folder, 'status')
  if (!existsSync(status)) writeFileSync(status, '')
  const configuration = join(folder, 'apt.conf')
  writeFileSync(
    configuration,
    [...settings(folder, architecture), ...foreignSources(folder, architecture)].join('\n'),
  )
  return { architecture, configuration, lists, stamp: join(folder, 'refreshed') }
}

/** apt.conf(5). What distributions and containers run after an update is meant for their own lists. */
function settings(folder: string, architecture: DebianArchitecture): string[] {
  return [
    ...['Pre-Invoke', 'Post-Invoke', 'Post-Invoke-Success'].map((name) => `#clear APT::Update::${name};`),
    '#clear APT::Architectures;',
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    // apt's sandbox user could not write into a folder that is not its own.
    'APT::Sandbox::User "root";',
    `Dir::State "${folder}";`,
    `Dir::State::Lists "${join(folder, 'lists')}";`,
    `Dir::State::status "${join(folder, 'status')}";`,
    `Dir::Cache "${join(folder, 'cache')}";`,
    'Dir::Cache::pkgcache "pkgcache.bin";',
    'Dir::Cache::srcpkgcache "srcpkgcache.bin";',
    'Acquire::Languages "none";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "30";',
    'Acquire::https::Timeout "30";',
    'Acquire::IndexTargets::deb-src::Sources::DefaultEnabled "false";',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";',
    '',
  ]
}

const hostArchitectures: Partial<Record<string, DebianArchitecture>> = { x64: 'amd64', arm64: 'arm64' }
const ubuntuMirrors: Record<DebianArchitecture, string> = {
  amd64: 'http://archive.ubuntu.com/ubuntu',
  arm64: 'http://ports.ubuntu.com/ubuntu-ports',
}

/** Debian's mirrors have every architecture. Ubuntu has another server for arm64, so the host's sources do not help. */
function foreignSources(folder: string, architecture: DebianArchitecture): string[] {
  const codename = ubuntuCodename()
  if (codename === null || hostArchitectures[process.arch] === architecture) return []
  const sources = join(folder, 'ubuntu.sources')
  writeFileSync(
    sources,
    `Types: deb
URIs: ${ubuntuMirrors[architecture]}
Suites: ${codename} ${codename}-updates ${codename}-security
Components: main universe
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
`,
  )
  return [`Dir::Etc::SourceList "${sources}";`, 'Dir::Etc::SourceParts "/dev/null";', '']
}

/** os-release(5): Ubuntu and what is derived from it name the release of Ubuntu that they use. */
function ubuntuCodename(): string | null {
  try {
    return /^UBUNTU_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? null
  } catch {
    return null
  }
}
