import { readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildFailure, Message, Metafile, Plugin } from 'esbuild'
import type { EvaluationError } from '../model/check.ts'
import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { writeAtomically } from '../process/atomic-file.ts'
import { contentHash } from '../process/content-hash.ts'
import { makeFolders } from '../process/make-folders.ts'
import { shownFile } from './shown-file.ts'

/** A module with all that it imports, as one JavaScript file. */
export interface Bundle {
  path: string
  /** Files that it was made from; absolute. */
  inputs: string[]
  /** Modules of Node that it imports, such as `node:fs`. */
  builtins: string[]
}

/** What making a bundle needs to know. */
export interface BundleOptions {
  /** Bundles of this one module are kept here; made when needed. */
  folder: string
  /** What users import as `vmproof`. */
  vmproofModule: string
}

/** Packages in CommonJS ask for Node's own modules with require, which modules of today do not have. */
const banner = `import { createRequire as requireOfModule } from 'node:module'
const require = requireOfModule(import.meta.url)`

/** Bundles a module with esbuild. What is wrong with the module is told, not thrown. */
export async function bundleModule(
  file: string,
  options: BundleOptions,
): Promise<Bundle | { error: EvaluationError }> {
  // Loaded only where a module is new or has changed.
  const { build } = await import('esbuild')
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [file],
      outfile: join(options.folder, 'module.mjs'),
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // Stacks then show the sources as their authors know them.
      sourcemap: 'inline',
      plugins: [meaningOfVmproof(options.vmproofModule)],
      define: placeOfModule(file),
      banner: { js: banner },
      logLevel: 'silent',
    })
    const path = keep(outputFiles[0]?.contents ?? new Uint8Array(), options.folder)
    return {
      path,
      inputs: Object.keys(metafile.inputs).map((input) => resolve(input)),
      builtins: builtinsOf(metafile),
    }
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
function meaningOfVmproof(path: string): Plugin {
  return {
    name: 'vmproof',
    setup: ({ onResolve }) => onResolve({ filter: /^vmproof$/ }, () => ({ path })),
  }
}

/** A bundle lies elsewhere, and a module may look for files beside itself. */
function placeOfModule(file: string): Record<string, string> {
  return {
    'import.meta.url': JSON.stringify(pathToFileURL(file).href),
    'import.meta.filename': JSON.stringify(file),
    'import.meta.dirname': JSON.stringify(dirname(file)),
  }
}

function builtinsOf({ inputs }: Metafile): string[] {
  const imported = Object.values(inputs).flatMap(({ imports }) => imports)
  return [...new Set(imported.filter(({ external }) => external).map(({ path }) => path))]
}

const oneDay = 86_400_000

/**
 * Named by its content, so that an edit does not change what another harness is running.
 * @throws UserError when the folder cannot be written to
 */
function keep(content: Uint8Array, folder: string): string {
  const path = join(folder, `${contentHash(content)}.mjs`)
  try {
    makeFolders(folder)
    forgetOld(folder)
    writeAtomically(path, content)
  } catch (error) {
    throw new UserError(
      `${folder}: what is made of TypeScript files cannot be kept there, ${error instanceof Error ? error.message : error}`,
      ['XDG_CACHE_HOME names another place'],
      exitCodes.infrastructure,
    )
  }
  return path
}

function forgetOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const age = Date.now() - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0)
    if (age > oneDay) rmSync(join(folder, name), { force: true })
  }
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
