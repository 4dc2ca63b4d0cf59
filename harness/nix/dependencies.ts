import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { contentHash } from '../process/content-hash.ts'

/** A file or folder that an evaluation read, and what stood there. */
export type Dependency = [path: string, state: string]

/** Beyond this, reading everything costs more than it saves. */
const maxBytes = 64 * 1024 * 1024
const maxEntries = 5000

const store = '/nix/store/'

/**
 * Everything on disk that the evaluation of these Nix files could see: the files themselves and the paths that
 * they name. What lies in the store cannot change; only the way there is kept.
 *
 * @param files that Nix said it evaluated
 * @param startedAt when it began, in milliseconds of the clock
 * @returns null when they may see more than that, such as the time or a source fetched without its hash, and
 * when one was changed since
 */
export function dependenciesOf(files: string[], startedAt: number): Dependency[] | null {
  const paths = new Set(files)
  for (const file of files) {
    if (realPath(file).startsWith(store)) continue
    const text = readText(file)
    if (text === null || seesMore(text)) return null
    for (const path of pathsIn(text, dirname(file))) paths.add(path)
  }
  const dependencies = [...paths].map((path): Dependency | null => {
    const state = stateOf(path, startedAt)
    return state === null ? null : [path, state]
  })
  return dependencies.every((one) => one !== null) ? dependencies : null
}

/**
 * What stands at a path now. null when it is too much to read, a folder under version control, or newer than
 * `before`, in milliseconds of the clock.
 */
export function stateOf(path: string, before = Number.POSITIVE_INFINITY): string | null {
  const real = realPath(path)
  if (real.startsWith(store)) return real
  const stat = lstatSync(real, { throwIfNoEntry: false })
  if (!stat) return 'nothing'
  if (stat.isDirectory()) return folderState(real, before)
  return stat.ctimeMs < before ? fileState(real) : null
}

const impure = /\b(currentTime|getEnv|getFlake|storePath|fetchMercurial|nixPath|findFile)\b/
const outside = /\b(readFile|readDir|pathExists|import|path\s*=|src\s*=)\s*\(?\s*(\/|~\/|<(?!nixpkgs|nix\/))/
const fetches = /\b(fetchTarball|fetchurl|fetchGit|fetchTree|fetchzip)\b/
const pins = /\b(sha256|narHash|hash|rev)\b/

function seesMore(text: string): boolean {
  return impure.test(text) || outside.test(text) || (fetches.test(text) && !pins.test(text))
}

/** What `import` reaches is among the evaluated files already. */
function pathsIn(text: string, folder: string): string[] {
  const literals = text.matchAll(/(import\s+\(?)?(?<![\w.\-/"$}])(\.{1,2}\/[\w.+\-/]*)/g)
  return [...literals].filter((match) => !match[1]).map((match) => resolve(folder, match[2] ?? '.'))
}

function folderState(folder: string, before: number): string | null {
  const budget = { bytes: maxBytes, entries: maxEntries }
  const lines: string[] = []
  const open = [folder]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of entriesOf(next)) {
      const path = join(next, entry.name)
      const stat = lstatSync(path, { throwIfNoEntry: false })
      budget.bytes -= stat?.size ?? 0
      budget.entries -= 1
      const isNewer = (stat?.ctimeMs ?? 0) >= before
      if (entry.name === '.git' || isNewer || budget.bytes < 0 || budget.entries < 0) return null
      if (entry.isDirectory()) open.push(path)
      else lines.push(`${path} ${fileState(path)}`)
    }
  }
  return contentHash(lines.sort().join('\n'))
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function fileState(path: string): string {
  try {
    const stat = lstatSync(path)
    if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`
    return stat.isFile() ? contentHash(readFileSync(path)) : 'special'
  } catch {
    return 'nothing'
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
