import type { PackagedGuest } from 'vmproof'

/** A guest that has what each of these has. */
export function combinedGuest(...guests: PackagedGuest[]): PackagedGuest {
  return {
    packages: guests.flatMap(({ packages = [] }) => packages),
    modules: guests.flatMap(({ modules = [] }) => modules),
    availableModules: guests.flatMap(({ availableModules = [] }) => availableModules),
    files: Object.assign({}, ...guests.map(({ files }) => files)),
  }
}
