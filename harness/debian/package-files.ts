import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { exitCodes } from '../model/exit-code.ts'
import { formatMemory } from '../model/units.ts'
import { UserError } from '../model/user-error.ts'
import { makeFolders } from '../process/make-folders.ts'
import { aptFailure, isGone } from './apt-failure.ts'
import type { AptHome, Progress } from './apt-home.ts'
import type { DebianPackage } from './package-index.ts'
import { runProgram } from './programs.ts'

/** The mirror no longer has what the package lists name: they are to be refreshed. */
export class ListsOutdated extends Error {}

/**
 * Puts packages' .deb files into a folder, unless they are there already and their sums are right.
 *
 * @param folder keeps them for other guests
 * @returns their paths, in the order of the packages
 * @throws ListsOutdated, UserError
 */
export async function fetchPackages(
  packages: DebianPackage[],
  folder: string,
  home: AptHome,
  progress: Progress,
): Promise<string[]> {
  makeFolders(folder)
  const missing: DebianPackage[] = []
  for (const one of packages) if (!(await isIntact(join(folder, fileName(one)), one))) missing.push(one)
  if (missing.length > 0) {
    const mebibytes = missing.reduce((sum, one) => sum + one.size, 0) / 2 ** 20
    progress.note(`downloading ${missing.length} packages (${formatMemory(mebibytes)})`)
    await download(missing, folder, home, progress)
  }
  return packages.map((one) => join(folder, fileName(one)))
}

/** A name of our own: the same version of a package may stand in two distributions with other bytes. */
function fileName({ name, version, architecture, sha256 }: DebianPackage): string {
  return `${name}_${version.replaceAll(':', '%3a')}_${architecture}_${sha256.slice(0, 16)}.deb`
}

/** Also marks it as used, for whoever clears the cache. */
async function isIntact(path: string, { size, sha256 }: DebianPackage): Promise<boolean> {
  if (statSync(path, { throwIfNoEntry: false })?.size !== size) return false
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  if (hash.digest('hex') !== sha256) return false
  utimesSync(path, new Date(), new Date())
  return true
}

async function download(
  packages: DebianPackage[],
  folder: string,
  home: AptHome,
  { signal }: Progress,
): Promise<void> {
  const scratch = mkdtempSync(join(folder, '.download-'))
  try {
    const words = packages.map(({ name, version }) => `${name}=${version}`)
    const { code, stderr } = await runProgram(
      'apt-get',
      ['-c', home.configuration, '-q', 'download', ...words],
      {
        cwd: scratch,
        ...(signal ? { signal } : {}),
      },
    )
    if (isGone(stderr)) throw new ListsOutdated()
    if (code !== 0) throw aptFailure('packages for a guest could not be downloaded', stderr)
    const files = readdirSync(scratch)
    for (const one of packages) {
      // apt names files NAME_VERSION_ARCHITECTURE.deb; names have no underscore.
      const file = files.find((name) => name.startsWith(`${one.name}_`))
      if (!file || !(await isIntact(join(scratch, file), one))) throw damaged(one, file)
      renameSync(join(scratch, file), join(folder, fileName(one)))
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function damaged(one: DebianPackage, file: string | undefined): UserError {
  return new UserError(
    `the package ${one.name} ${one.version} arrived ${file ? `damaged (${basename(file)})` : 'not at all'}`,
    ['try again; when it stays so, the mirror or a proxy in between is at fault'],
    exitCodes.infrastructure,
  )
}
