import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Config, defaultConfig } from '../model/config.ts'
import { UserError } from '../model/user-error.ts'
import { wordsFor } from './errors.ts'

const configNames = ['vmproof.config.toml', 'vmproof.config.json']

/**
 * The configuration that holds in `folder`: the nearest file of configNames, there or in a folder above;
 * without one, the defaults.
 * @throws UserError naming file and key
 */
export async function loadConfig(folder: string): Promise<Config> {
  const path = findConfig(resolve(folder))
  if (!path) return defaultConfig(resolve(folder))
  const value = await parse(path)
  // Loaded only where there is a file: most of the time it takes is the library's.
  const { checkConfig } = await import('./config-schema.ts')
  const config = checkConfig(value, defaultConfig(dirname(path)))
  if (!Array.isArray(config)) return config
  throw new UserError(
    `${path}: not a valid configuration`,
    config.map(({ key, message }) => (key === '' ? message : `${key}: ${message}`)),
  )
}

function findConfig(folder: string): string | null {
  const here = configNames.map((name) => join(folder, name)).find((path) => existsSync(path))
  if (here) return here
  return dirname(folder) === folder ? null : findConfig(dirname(folder))
}

async function parse(path: string): Promise<unknown> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${path}: cannot read it, ${wordsFor(error)}`)
  }
  const { parse: parseToml } = await import('smol-toml')
  try {
    return path.endsWith('.json') ? JSON.parse(text) : parseToml(text)
  } catch (error) {
    const lines = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new UserError(`${path}: not valid ${path.endsWith('.json') ? 'JSON' : 'TOML'}`, lines)
  }
}
