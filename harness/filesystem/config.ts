import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type Config, defaultConfig } from '../model/config.ts'
import { UserError } from '../model/user-error.ts'
import { type ModuleTools, readConfigFile } from './config-file.ts'
import type { ConfigIssue } from './config-issues.ts'
import {
  type AppliedSection,
  chooseSections,
  layOver,
  type PlacedValue,
  placedValues,
  type SectionChoice,
  type Table,
} from './config-sections.ts'

const configNames = ['vmproof.config.ts', 'vmproof.config.toml', 'vmproof.config.json']

/** The configuration that holds, and where its values come from. */
export interface LoadedConfig {
  config: Config
  /** Absolute; null when there is none. */
  file: string | null
  /** Laid over the file, the last one on top. */
  sections: AppliedSection[]
  /** Whatever the file and its sections say. */
  values: PlacedValue[]
}

/** What decides over a configuration beside its file. */
export interface ConfigOptions {
  sections: SectionChoice
  /** For a file in TypeScript. */
  tools: ModuleTools
}

/**
 * The configuration that holds in `folder`: the nearest file of configNames, there or in a folder above, its sections
 * laid over it; without one, the defaults.
 * @throws UserError naming file and key
 */
export async function loadConfig(folder: string, options: ConfigOptions): Promise<LoadedConfig> {
  const path = findConfig(resolve(folder))
  if (!path) {
    const sections = chooseSections(options.sections, [])
    return { config: defaultConfig(resolve(folder)), file: null, sections, values: [] }
  }
  const value = await readConfigFile(path, options.tools)
  // Loaded only where there is a file: most of the time it takes is the library's.
  const { checkConfig, fileIssues } = await import('./config-schema.ts')
  refuse(path, fileIssues(value))
  const { sections: known = {}, ...file } = value as Table & { sections?: Record<string, Table> }
  const sections = chooseSections(options.sections, Object.keys(known))
  const layers = [
    { from: basename(path), table: file },
    ...sections.map(({ name }) => ({ from: `section ${name}`, table: known[name] ?? {} })),
  ]
  const laid = layers.map(({ table }) => table).reduce(layOver)
  const config = checkConfig(laid, defaultConfig(dirname(path)))
  if (!Array.isArray(config)) return { config, file: path, sections, values: placedValues(layers) }
  const over = sections.map(({ name }) => `with section ${name}, `).join('')
  throw invalid(
    path,
    config.map((issue) => ({ ...issue, message: `${over}${issue.message}` })),
  )
}

/** The nearest file. @throws UserError when one folder has several, because only one of them could count */
function findConfig(folder: string): string | null {
  const here = configNames.filter((name) => existsSync(join(folder, name)))
  const [only, other] = here
  if (other !== undefined) {
    throw new UserError(`${folder}: has ${here.join(' and ')}, of which only one can count`, [
      'keep one of them',
    ])
  }
  if (only !== undefined) return join(folder, only)
  return dirname(folder) === folder ? null : findConfig(dirname(folder))
}

function refuse(path: string, issues: ConfigIssue[]): void {
  if (issues.length > 0) throw invalid(path, issues)
}

function invalid(path: string, issues: ConfigIssue[]): UserError {
  const lines = issues.map(({ key, message }) => (key === '' ? message : `${key}: ${message}`))
  return new UserError(`${path}: not a valid configuration`, lines)
}
