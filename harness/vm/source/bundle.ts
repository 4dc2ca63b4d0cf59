import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildFailure, Message, Plugin } from 'esbuild'
import type { EvaluationError } from '../../model/check.ts'
import { hashOf } from './hash.ts'
import { shownFile } from './suite-files.ts'

/** A suite with all that it imports, as one JavaScript file. */
export interface Bundle {
  path: string
  /** Files that it was made from; absolute. */
  inputs: string[]
}

/** What making a bundle needs to know. */
export interface BundleOptions {
  /** Bundles of this one suite are kept here; made when needed. */
  folder: string
  /** What suites import as `vmproof`. */
  suiteModule: string
}

/** Packages in CommonJS ask for Node's own modules with require, which modules of today do not have. */
const banner = `import { createRequire as requireOfSuite } from 'node:module'
const require = requireOfSuite(import.meta.url)`

/** Bundles a suite with esbuild. What is wrong with the suite is told, not thrown. */
export async function bundleSuite(
  file: string,
  options: BundleOptions,
): Promise<Bundle | { error: EvaluationError }> {
  // Loaded only where a suite is new or has changed.
  const { build } = await import('esbuild')
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [file],
      outfile: join(options.folder, 'suite.mjs'),
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // Stacks then show the sources as their authors know them.
      sourcemap: 'inline',
      plugins: [vmproofModule(options.suiteModule)],
      define: placeOfSuite(file),
      banner: { js: banner },
      logLevel: 'silent',
    })
    const path = keep(outputFiles[0]?.contents ?? new Uint8Array(), options.folder)
    return { path, inputs: Object.keys(metafile.inputs).map((input) => resolve(input)) }
  } catch (error) {
    return { error: explain(error as BuildFailure) }
  }
}

/** Ends the process of esbuild, which would stay as long as ours. No bundling may be going on. */
export async function endBundling(): Promise<void> {
  const { stop } = await import('esbuild')
  await stop()
}

/** `import { vmCheck } from 'vmproof'` means the running vmproof, whether or not the project has it installed. */
function vmproofModule(path: string): Plugin {
  return {
    name: 'vmproof',
    setup: ({ onResolve }) => onResolve({ filter: /^vmproof$/ }, () => ({ path })),
  }
}

/** A bundle lies elsewhere, and a suite may look for files beside itself. */
function placeOfSuite(file: string): Record<string, string> {
  return {
    'import.meta.url': JSON.stringify(pathToFileURL(file).href),
    'import.meta.filename': JSON.stringify(file),
    'import.meta.dirname': JSON.stringify(dirname(file)),
  }
}

const oneDay = 86_400_000

/** Named by its content, so that an edit does not change what another harness is running. */
function keep(content: Uint8Array, folder: string): string {
  const path = join(folder, `${hashOf(content)}.mjs`)
  const scratch = `${path}.${process.pid}`
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) {
    const age = Date.now() - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0)
    if (age > oneDay) rmSync(join(folder, name), { force: true })
  }
  writeFileSync(scratch, content)
  renameSync(scratch, path)
  return path
}

/** suites/vm/storage.ts:3: Could not resolve "./lib/disk.ts" */
function explain(failure: BuildFailure): EvaluationError {
  if (!Array.isArray(failure.errors)) throw failure
  const [first = '', ...details] = failure.errors.map(lineFor)
  return { message: first, details }
}

function lineFor({ text, location }: Message): string {
  if (location === null) return text
  return `${shownFile(resolve(location.file))}:${location.line}: ${text}`
}
