import { lstatSync, realpathSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import type { AttemptPaths, AttemptPlace } from '../reporters/junit-limits.ts'

/** More would only be scrolled past; GitLab shows the first. */
const mostAttachments = 10

/**
 * What there is of an attempt, for JUnit.
 * @param folder of the run
 * @param project folder of the project in a GitLab job, which names its artifacts from there; null elsewhere
 */
export function attemptPaths(
  folder: string,
  project: string | null,
): (attempt: AttemptPlace) => AttemptPaths {
  return (place) => {
    if (place.folder === null) return { log: null, attachments: [] }
    const log = `${place.folder}/driver.log`
    if (project === null) return { log, attachments: [] }
    const attempt = resolve(folder, place.folder)
    const found = [
      ...attached(place).map((name) => fileBelow(join(attempt, 'output'), name)),
      fileBelow(attempt, 'driver.log'),
    ].flatMap((path) => artifactName(path, project) ?? [])
    return {
      log: artifactName(join(attempt, 'driver.log'), project) ?? log,
      attachments: [...new Set(found)].slice(0, mostAttachments),
    }
  }
}

const image = /\.(png|jpe?g|gif|webp)$/i

/** Pictures first, the newest of each first: it was made nearest to the failure. */
function attached({ attachments }: AttemptPlace): string[] {
  const newestFirst = attachments.toReversed()
  return [
    ...newestFirst.filter((name) => image.test(name)),
    ...newestFirst.filter((name) => !image.test(name)),
  ]
}

/** A guest chooses the names: what leads out of the folder, or is no file, is none. */
function fileBelow(folder: string, name: string): string | null {
  try {
    const path = realpathSync(resolve(folder, name))
    const isBelow = path.startsWith(`${realpathSync(folder)}${sep}`)
    return isBelow && lstatSync(path).isFile() ? path : null
  } catch {
    return null
  }
}

/** What GitLab calls a file of the project; null for one outside, and for a name that it cannot read in a marker. */
function artifactName(path: string | null, project: string): string | null {
  if (path === null) return null
  const name = relative(real(project), real(path))
  const isOutside = name === '' || name === '..' || name.startsWith(`..${sep}`)
  return isOutside || /[[\]|\p{Cc}]/u.test(name) ? null : name
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
