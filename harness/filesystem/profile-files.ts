import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compareText } from '../model/compare-text.ts'
import type { Profile, ProfileIssue } from '../model/profile.ts'
import { UserError } from '../model/user-error.ts'
import { nearNames } from '../plan/select.ts'
import { issueLine, readProfile } from '../profile/read-profile.ts'
import { wordsFor } from './errors.ts'

/**
 * Reads profiles.
 * @param folders with one TOML file each per profile @param names null: all of them, by name
 * @returns in the order of the names
 * @throws UserError for a name that there is not, for two files of one name, and naming file, line and field for
 *   whatever is wrong with the files that were asked for
 */
export function readProfiles(folders: readonly string[], names: readonly string[] | null): Profile[] {
  const files = profileFiles(folders)
  const wanted = names ?? [...files.keys()].sort(compareText)
  const profiles: Profile[] = []
  const issues: ProfileIssue[] = []
  for (const name of wanted) {
    const file = files.get(name)
    if (file === undefined) throw unknownProfile(name, [...files.keys()], folders)
    const read = readProfile(textOf(file), { file, name })
    if (Array.isArray(read)) issues.push(...read)
    else profiles.push(read)
  }
  if (issues.length === 0) return profiles
  throw new UserError('not a valid profile', issues.map(issueLine))
}

/** `a,b` would be two names of `--profiles`, `loss=5%` is a constraint, and NAME@PROFILE is a folder. */
const profileName = /^[\w][\w.+-]*$/

function badName(path: string): UserError {
  return new UserError(`${path}: not a name for a profile`, [
    'letters, digits, dashes, dots and underscores make one',
  ])
}

/** Paths by the profiles' names. @throws UserError when two files give one name, be it in another case */
function profileFiles(folders: readonly string[]): Map<string, string> {
  const files = new Map<string, string>()
  const seen = new Map<string, string>()
  for (const path of folders.flatMap(tomlFiles)) {
    const name = basename(path, '.toml')
    if (!profileName.test(name)) throw badName(path)
    const other = seen.get(name.toLowerCase())
    if (other !== undefined) {
      throw new UserError(`two profiles are called ${name}`, [other, path, 'rename one of them'])
    }
    seen.set(name.toLowerCase(), path)
    files.set(name, path)
  }
  return files
}

function tomlFiles(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.toml'))
    return names.sort(compareText).map((name) => join(folder, name))
  } catch (error) {
    throw new UserError(`${folder}: cannot be read, ${wordsFor(error)}`, [
      'profiles lie there, one file each',
    ])
  }
}

function textOf(file: string): string {
  try {
    // A pipe would be read for ever.
    if (statSync(file).isFIFO()) throw new Error('it is a pipe')
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`${file}: cannot be read, ${wordsFor(error)}`)
  }
}

function unknownProfile(name: string, known: string[], folders: readonly string[]): UserError {
  const near = nearNames(name, known)
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : `known are ${known.sort(compareText).join(', ') || 'none'}`
  return new UserError(`${name}: there is no profile of this name`, [
    hint,
    `looked into ${folders.join(', ')}`,
  ])
}
