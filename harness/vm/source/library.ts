import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { EvaluationError } from '../../model/check.ts'
import { contentHash } from '../../process/content-hash.ts'
import { bundleModule, endBundling } from '../../user-module/bundle.ts'
import { recallModule, rememberModule } from '../../user-module/memory.ts'
import type { SuiteDefinition } from './definition.ts'
import { evaluateSuite } from './evaluate.ts'

/** A suite file that defines a check. Absolute paths. */
export interface SoundSuite {
  file: string
  bundle: string
  definition: SuiteDefinition
  error: null
}

/** A suite file that was loaded, or why it could not be. */
export type LoadedSuite = SoundSuite | { file: string; error: EvaluationError }

/** What loading suites needs. Absolute paths. */
export interface LibraryOptions {
  /** Bundles and what they define are kept here; made when needed. */
  cacheFolder: string
  /** Holds this build of vmproof: suite.js, module-reader.js, suite-driver.js, cli.js. */
  programFolder: string
}

/**
 * Loads suites, each in a process of its own, unless none of the files that it is made of has changed since the
 * last time. An error is not remembered: its cause may lie anywhere.
 */
export async function loadSuites(files: string[], options: LibraryOptions): Promise<LoadedSuite[]> {
  const remembered = files.map((file) => recall(file, options))
  if (remembered.every((suite) => suite !== null)) return remembered
  const limit = pLimit(availableParallelism())
  const suites = files.map((file, index) => remembered[index] ?? limit(() => loadSuite(file, options)))
  return Promise.all(suites).finally(endBundling)
}

function recall(file: string, options: LibraryOptions): SoundSuite | null {
  const known = recallModule<SuiteDefinition>(folderOf(file, options), buildOf(options))
  return known && { file, bundle: known.bundle, definition: known.value, error: null }
}

async function loadSuite(file: string, options: LibraryOptions): Promise<LoadedSuite> {
  const { programFolder } = options
  const folder = folderOf(file, options)
  const startedAt = Date.now()
  const bundled = await bundleModule(file, { folder, vmproofModule: join(programFolder, 'suite.js') })
  if ('error' in bundled) return { file, error: bundled.error }
  const reader = join(programFolder, 'module-reader.js')
  const definition = await evaluateSuite({ file, bundle: bundled.path, reader })
  if ('error' in definition) return { file, error: definition.error }
  rememberModule(folder, {
    bundle: bundled.path,
    value: definition,
    inputs: [...bundled.inputs, buildOf(options)],
    startedAt,
  })
  return { file, bundle: bundled.path, definition, error: null }
}

function folderOf(file: string, { cacheFolder }: LibraryOptions): string {
  return join(cacheFolder, 'suites', contentHash(file))
}

/** Stands for this build: another one may understand the same suite differently. */
function buildOf({ programFolder }: LibraryOptions): string {
  return join(programFolder, 'cli.js')
}
