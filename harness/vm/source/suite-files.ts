import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compareText } from '../../model/compare-text.ts'
import { UserError } from '../../model/user-error.ts'

/** Where suites are. */
export interface SuitePlace {
  /** Absolute. */
  folders: string[]
  /** Somebody named the folders, so that they must exist. */
  isNamed: boolean
}

/**
 * Absolute paths of suite files: every `.ts` right in a folder. What lies in folders below helps them.
 * @throws UserError when a folder that was named is none
 */
export function suiteFiles({ folders, isNamed }: SuitePlace): string[] {
  const files = folders.flatMap((folder) => {
    if (isFolder(folder)) return filesIn(folder)
    if (isNamed) throw new UserError(`${folder}: there is no such folder of suites`, ['see --suites'])
    return []
  })
  return [...new Set(files)].sort((a, b) => compareText(basename(a), basename(b)))
}

/** What the check of a file is called when the file itself cannot tell. */
export function nameOfFile(file: string): string {
  return basename(file, '.ts')
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.endsWith('.test.ts'))
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => join(folder, name))
}
