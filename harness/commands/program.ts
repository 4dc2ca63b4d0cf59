import { existsSync } from 'node:fs'
import { basename, delimiter, dirname, join, posix, relative, sep } from 'node:path'
import { shellWord } from '../model/shell-word.ts'
import { shownPath } from './shown-path.ts'

/** What tells how this process was started. */
export interface Start {
  /** As in `process.argv[1]`: a link in node_modules/.bin, one on PATH, or this project's own file. */
  script: string
  /** The package manager that started it, as in `npm_config_user_agent`: `pnpm/12.21.0 npm/? node/v20`. */
  agent: string
  /** The `package.json` for which that did, as in `npm_package_json`; null when it does not say. */
  packageFile: string | null
  /** Where it was started. */
  folder: string
  /** Whether a person has a pnpm of their own, not just npx for this once. */
  hasPnpm: boolean
}

/** How a person starts vmproof here, for command lines to copy. */
export function programName(start: Start = thisStart()): string {
  const { script, agent, packageFile, folder, hasPnpm } = start
  const isInstalled = script.split(sep).includes('node_modules')
  if (!isInstalled && basename(script) === 'vmproof') return 'vmproof'
  // A script of pnpm may have changed to a folder where pnpm finds no vmproof, or another one.
  const isHere = packageFile === null || dirname(packageFile) === folder
  if (isHere && agent.startsWith('pnpm/')) return hasPnpm ? 'pnpm vmproof' : 'npx pnpm vmproof'
  return isInstalled ? 'npx vmproof' : `node ${shellWord(shownPath(script))}`
}

function thisStart(): Start {
  const { npm_config_user_agent: agent = '', npm_package_json: packageFile = null, PATH = '' } = process.env
  // npx keeps what it downloads for one command in folders of this name.
  const folders = PATH.split(delimiter).filter((folder) => !folder.split(sep).includes('_npx'))
  const hasPnpm = folders.some((folder) => existsSync(join(folder, 'pnpm')))
  return { script: process.argv[1] ?? '', agent, packageFile, folder: process.cwd(), hasPnpm }
}

/** How it is started without a package manager in between, which keeps the signal of a cancelled job to itself. */
export function directProgramName(script = process.argv[1] ?? '', folder = process.cwd()): string {
  const [above, ...inPackages] = script.split(`${sep}node_modules${sep}`)
  if (inPackages.length > 0) return posix.join(stepsUp(folder, above ?? ''), 'node_modules/.bin/vmproof')
  return basename(script) === 'vmproof' ? 'vmproof' : `node ${shellWord(shownPath(script))}`
}

/** `../..` where the packages of a workspace lie above; a job has no others than its repository's. */
function stepsUp(folder: string, above: string): string {
  const steps = relative(folder, above)
  return /^\.\.(?:\/\.\.)*$/.test(steps) ? steps : ''
}
