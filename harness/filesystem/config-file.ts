import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { UserError } from '../model/user-error.ts'
import { wordsFor } from './errors.ts'

/** What loading a file in TypeScript needs. Absolute paths. */
export interface ModuleTools {
  /** What such a file came to is kept here; made when needed. */
  cacheFolder: string
  /** Holds this build of vmproof: suite.js, module-reader.js, cli.js. */
  programFolder: string
}

/** What a configuration file says, not looked at yet. @throws UserError naming the file, where it can the line */
export async function readConfigFile(path: string, tools: ModuleTools): Promise<unknown> {
  if (extname(path) !== '.ts') return parse(path, read(path))
  // Loaded only where there is such a file.
  const { readConfigModule } = await import('./config-module.ts')
  return readConfigModule(path, join(tools.cacheFolder, 'configurations'), tools.programFolder)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${path}: cannot read it, ${wordsFor(error)}`)
  }
}

async function parse(path: string, text: string): Promise<unknown> {
  const isJson = extname(path) === '.json'
  const { parse: parseToml } = await import('smol-toml')
  try {
    return isJson ? JSON.parse(text) : parseToml(text)
  } catch (error) {
    const lines = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new UserError(`${path}: not valid ${isJson ? 'JSON' : 'TOML'}`, lines)
  }
}
