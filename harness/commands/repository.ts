import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** Folders from one up to the root of its repository, which comes last; without one, the folder alone. */
export function foldersToRepository(folder: string): string[] {
  const folders = [realpathSync(folder)]
  for (let at = folders[0] ?? ''; !existsSync(join(at, '.git')); ) {
    const above = dirname(at)
    if (above === at) return folders.slice(0, 1)
    folders.push(above)
    at = above
  }
  return folders
}

/** What jobs must change to in a checkout to be in this folder, with slashes; empty at its root. */
export function folderInRepository(folder: string): string {
  const folders = foldersToRepository(folder)
  return relative(folders.at(-1) ?? '', folders[0] ?? '')
    .split(sep)
    .join('/')
}
