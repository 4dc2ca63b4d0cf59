#!/usr/bin/env node
// Entry of the `vmproof` command. In a checkout it runs the sources as they are now, see builtFromSources() in
// build.mjs. In an installed package there are no sources, and dist/release is run.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const folder = existsSync(join(root, 'harness/cli.ts'))
  ? await (await import('./build.mjs')).builtFromSources()
  : join(root, 'dist/release')
await import(pathToFileURL(join(folder, 'cli.js')).href)
