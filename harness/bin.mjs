#!/usr/bin/env node
// Entry of the `vmproof` command. In a checkout it runs the sources as they are now: bundled into dist/<key>,
// where the key is made of every source's path, size and time, and rebuilt only when that changed. In an
// installed package there are no sources, and dist/release is run.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const oneDay = 86_400_000

const folder = existsSync(join(root, 'harness/cli.ts'))
  ? await builtFromSources()
  : join(root, 'dist/release')
await import(pathToFileURL(join(folder, 'cli.js')).href)

async function builtFromSources() {
  const { sourceFiles, buildInto } = await import('./build.mjs')
  const hash = createHash('sha256')
  for (const file of [...sourceFiles(), join(root, 'package.json'), join(root, 'harness/build.mjs')]) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${file}\0${size}\0${mtimeMs}\n`)
  }
  const folder = join(root, 'dist', hash.digest('hex').slice(0, 16))
  if (existsSync(join(folder, 'cli.js'))) {
    markUsed(folder)
    return folder
  }
  await buildInto(folder)
  forgetOldBuilds()
  return folder
}

/** What runs loads parts of its build late, so a build's time is that of its last start. */
function markUsed(folder) {
  const now = new Date()
  try {
    utimesSync(folder, now, now)
  } catch {
    // A checkout that cannot be written to forgets no builds either.
  }
}

/** A build of another state of the sources may still be running; a day after its last start it is not. */
function forgetOldBuilds() {
  const parent = join(root, 'dist')
  for (const name of readdirSync(parent)) {
    const path = join(parent, name)
    if (name === 'release') continue
    if (Date.now() - statSync(path).mtimeMs > oneDay) rmSync(path, { recursive: true, force: true })
  }
}
