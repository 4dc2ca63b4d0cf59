import { join } from 'node:path'
import { type AptHome, type DebianArchitecture, makeAptHome, type Progress } from './apt-home.ts'
import { fetchPackages, ListsOutdated } from './package-files.ts'
import type { DebianPackage, PackageIndex } from './package-index.ts'
import { listsAreStale, readIndex, refreshLists } from './package-lists.ts'
import { demandPrograms } from './programs.ts'

/** The packages of this host's distribution for one architecture. */
export interface Archive {
  architecture: DebianArchitecture
  home: AptHome
  packagesFolder: string
  index: PackageIndex
}

/**
 * Opens the packages of this host's distribution. Nothing is installed, nothing but the cache folder changes, and
 * no root is needed.
 *
 * @throws UserError when there is no apt, or no package list can be had
 */
export async function openArchive(
  cacheFolder: string,
  architecture: DebianArchitecture,
  progress: Progress,
): Promise<Archive> {
  demandPrograms({ 'apt-get': 'apt', 'apt-cache': 'apt', 'dpkg-deb': 'dpkg' })
  const home = makeAptHome(cacheFolder, architecture)
  if (listsAreStale(home)) await refreshLists(home, progress)
  const index = await readIndex(home, progress)
  return { architecture, home, packagesFolder: join(cacheFolder, 'packages'), index }
}

/** Chosen packages with their .deb files, in the same order. */
export interface Fetched {
  packages: DebianPackage[]
  files: string[]
}

/**
 * Fetches the packages that a choice from the index comes to. When the mirror has newer ones by now, the lists are
 * refreshed and the choice is made again.
 *
 * @throws UserError naming what is unknown, not reachable or damaged
 */
export async function fetchChoice(
  archive: Archive,
  choose: (index: PackageIndex) => DebianPackage[],
  progress: Progress,
): Promise<Fetched> {
  const { home, packagesFolder } = archive
  const fetch = async (packages: DebianPackage[]) => ({
    packages,
    files: await fetchPackages(packages, packagesFolder, home, progress),
  })
  try {
    return await fetch(choose(archive.index))
  } catch (error) {
    if (!(error instanceof ListsOutdated)) throw error
    await refreshLists(home, progress)
    archive.index = await readIndex(home, progress)
    return await fetch(choose(archive.index))
  }
}
