import { UserError } from '../model/user-error.ts'
import { nearestName } from './nearest-name.ts'
import type { DebianPackage, PackageIndex } from './package-index.ts'

/**
 * All packages that some need, themselves included, in the order in which they were found.
 *
 * @param leftOut names that are never followed, unless wanted by name: something else takes their place
 * @throws UserError for a name that the package lists do not know
 */
export function closure(
  wanted: string[],
  leftOut: ReadonlySet<string>,
  index: PackageIndex,
): DebianPackage[] {
  const chosen = new Map<string, DebianPackage>()
  const queue: string[] = []
  const choose = (found: DebianPackage): void => {
    if (chosen.has(found.name)) return
    chosen.set(found.name, found)
    queue.push(found.name)
  }
  // All that is wanted comes first, so that it decides between alternatives.
  for (const name of wanted) choose(real(name, index) ?? unknown(name, index))
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    for (const group of chosen.get(name)?.needs ?? []) {
      if (group.some((one) => isMet(one, chosen, leftOut, index))) continue
      choose(firstReal(group, index) ?? unmet(name, group))
    }
  }
  return [...chosen.values()]
}

function isMet(
  name: string,
  chosen: ReadonlyMap<string, unknown>,
  leftOut: ReadonlySet<string>,
  index: PackageIndex,
): boolean {
  if (chosen.has(name) || leftOut.has(name)) return true
  return index.providers(name).some((one) => chosen.has(one) || leftOut.has(one))
}

function firstReal(group: string[], index: PackageIndex): DebianPackage | null {
  for (const name of group) {
    const found = real(name, index)
    if (found) return found
  }
  return null
}

/** The package of this name, else the first that provides it. */
function real(name: string, index: PackageIndex): DebianPackage | null {
  const [provider] = index.providers(name)
  return index.find(name) ?? (provider === undefined ? null : index.find(provider))
}

function unknown(name: string, index: PackageIndex): never {
  const near = nearestName(name, index.names)
  throw new UserError(`no package is called ${JSON.stringify(name)}`, [
    ...(near === null ? [] : [`did you mean ${near}?`]),
    'guests are made of packages of the distribution that this host runs, as apt-cache search lists them',
  ])
}

function unmet(name: string, group: string[]): never {
  throw new UserError(
    `the package ${name} needs ${group.join(' or ')}, which the package lists do not have`,
    ['a source of packages is missing in /etc/apt/sources.list or in /etc/apt/sources.list.d'],
  )
}
