import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { exitCodes } from '../model/exit-code.ts'
import { formatSeconds } from '../model/units.ts'
import { UserError } from '../model/user-error.ts'
import { aptFailure } from './apt-failure.ts'
import type { AptHome, Progress } from './apt-home.ts'
import { type PackageIndex, readPackageIndex } from './package-index.ts'
import { runProgram } from './programs.ts'

const hourMs = 3_600_000
/** Mirrors delete what newer versions replace: older lists name files that may be gone. */
const staleAfterMs = 24 * hourMs
/** A mirror that did not answer is not asked again for each guest. */
const retryAfterMs = hourMs

/** Whether the package lists are too old to rely on, or not there at all. */
export function listsAreStale(home: AptHome): boolean {
  const age = statSync(home.stamp, { throwIfNoEntry: false })?.mtimeMs
  return age === undefined || Date.now() - age > staleAfterMs || !hasLists(home)
}

/**
 * Fetches the package lists; apt checks their signatures. Old lists stay in use where new ones cannot be had.
 * @throws UserError when there are no lists then
 */
export async function refreshLists(home: AptHome, { note, signal }: Progress): Promise<void> {
  const started = Date.now()
  const args = ['-c', home.configuration, '-q', 'update']
  const { code, stderr } = await runProgram('apt-get', args, signal ? { signal } : {})
  if (!hasLists(home)) throw aptFailure(`there are no package lists for ${home.architecture}`, stderr)
  const complaint = /^[EW]: (.*)/m.exec(stderr)?.[1]
  writeFileSync(home.stamp, '')
  if (code !== 0 || complaint) {
    const retryAt = new Date(Date.now() - staleAfterMs + retryAfterMs)
    utimesSync(home.stamp, retryAt, retryAt)
  }
  note(
    complaint
      ? `package lists (${home.architecture}) could not all be refreshed: ${complaint}`
      : `package lists (${home.architecture}) refreshed in ${formatSeconds((Date.now() - started) / 1000)}`,
  )
}

function hasLists(home: AptHome): boolean {
  return readdirSync(home.lists).some((name) => /_Packages(\.\w+)?$/.test(name))
}

/** Reads what the lists offer; of each package the version that apt prefers. */
export async function readIndex(home: AptHome, { signal }: Progress): Promise<PackageIndex> {
  const args = ['-c', home.configuration, 'dumpavail']
  const { code, stdout, stderr } = await runProgram('apt-cache', args, signal ? { signal } : {})
  if (code === 0) return readPackageIndex(stdout.toString('latin1'))
  throw new UserError(
    `apt-cache cannot read the package lists for ${home.architecture}`,
    [...stderr.split('\n').filter(Boolean), `delete ${home.lists} and try again`],
    exitCodes.infrastructure,
  )
}
