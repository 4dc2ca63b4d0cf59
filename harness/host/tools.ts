import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolders } from '../process/make-folders.ts'
import { stampFile, toolsFolder } from './prepared-folder.ts'
import { type BundlerFiles, bundlerFiles } from './project.ts'

const others = { execute: 0o001 }

/** What the tools are made of. Another Node, or another version in node_modules, makes them stale. */
function toolsStamp({ esbuildVersion }: BundlerFiles): string {
  return JSON.stringify({ node: process.execPath, esbuild: esbuildVersion })
}

/** How the builders' tools stand; `no-dependencies`: this checkout lacks what they are made from. */
export type ToolsState = 'ready' | 'stale' | 'absent' | 'no-dependencies'

/** Cheap: reads a few small files, starts nothing. */
export function toolsState(): ToolsState {
  try {
    const stamp = toolsStamp(bundlerFiles())
    if (!existsSync(stampFile)) return 'absent'
    // existsSync follows the link: it also tells whether that Node is still there.
    const complete = existsSync(join(toolsFolder, 'node')) && existsSync(join(toolsFolder, 'esbuild'))
    return complete && readFileSync(stampFile, 'utf8') === stamp ? 'ready' : 'stale'
  } catch {
    return 'no-dependencies'
  }
}

/** Puts the tools in place, each by renaming, so that a build that runs meanwhile finds the old or the new one. */
export function installTools(): void {
  const files = bundlerFiles()
  makeFolders(toolsFolder)
  replace(join(toolsFolder, 'node'), putNode)
  replace(join(toolsFolder, 'esbuild'), (path) => {
    copyFileSync(files.esbuild, path)
    chmodSync(path, 0o755)
  })
  replace(stampFile, (path) => writeFileSync(path, toolsStamp(files)))
}

/** A link, unless other users (Nix's builders) could not follow it, as into /root. */
function putNode(path: string): void {
  if (isOpenToAll(dirname(process.execPath))) symlinkSync(process.execPath, path)
  else copyFileSync(process.execPath, path)
}

function isOpenToAll(folder: string): boolean {
  for (let one = folder; ; one = dirname(one)) {
    if ((statSync(one).mode & others.execute) === 0) return false
    if (one === dirname(one)) return true
  }
}

function replace(path: string, make: (scratch: string) => void): void {
  const scratch = scratchName(path)
  rmSync(scratch, { force: true })
  make(scratch)
  renameSync(scratch, path)
}

function scratchName(path: string): string {
  return join(dirname(path), `.tmp-${process.pid}-${path.split('/').at(-1)}`)
}
