import { join } from 'node:path'
import type { EvaluationError } from '../model/check.ts'
import { UserError } from '../model/user-error.ts'
import { contentHash } from '../process/content-hash.ts'
import { type Bundle, bundleModule, endBundling } from '../user-module/bundle.ts'
import { isSameEnvironment, type SeenEnvironment } from '../user-module/environment.ts'
import { type LoadedModule, loadModule } from '../user-module/load.ts'
import { recallModule, rememberModule } from '../user-module/memory.ts'

/** What a configuration came to, and the environment variables that it looked at. */
interface Remembered {
  value: unknown
  environment: SeenEnvironment
}

/** Modules of Node that only calculate: they give the same for the same. */
const pureModules = ['node:path', 'path', 'node:url', 'url', 'node:util', 'util', 'node:assert', 'assert']

/**
 * What a configuration in TypeScript exports by default; a function is called with nothing. It is loaded in a process
 * of its own, unless its files and the environment variables that it looks at are what they were the last time. One
 * that can read anything else, because it imports such a module of Node, is loaded each time.
 * @param folder what is made of such files is kept below; made when needed
 * @param programFolder this build of vmproof
 * @throws UserError naming file and line
 */
export async function readConfigModule(
  file: string,
  folder: string,
  programFolder: string,
): Promise<unknown> {
  const own = join(folder, contentHash(file))
  // Another build may understand the same file differently.
  const build = join(programFolder, 'cli.js')
  const known = recallModule<Remembered>(own, build)?.value
  if (known && isSameEnvironment(known.environment)) return known.value
  const startedAt = Date.now()
  const vmproofModule = join(programFolder, 'suite.js')
  const bundled = unlessBroken(await bundleModule(file, { folder: own, vmproofModule }).finally(endBundling))
  const loaded = unlessBroken(
    await loadModule({
      file,
      bundle: bundled.path,
      reader: join(programFolder, 'module-reader.js'),
      isCalled: true,
      advice: 'a configuration must only export an object, or a function that returns one',
    }),
  )
  if (loaded.value === null || loaded.value === undefined)
    throw new UserError(`${file}: exports nothing by default`, ['write: export default { … }'])
  if (isRepeatable(bundled, loaded)) {
    const { value, environment } = loaded
    const inputs = [...bundled.inputs, build]
    rememberModule(own, { bundle: bundled.path, value: { value, environment }, inputs, startedAt })
  }
  return loaded.value
}

function unlessBroken<Value>(result: Value | { error: EvaluationError }): Value {
  if (typeof result !== 'object' || result === null || !('error' in result)) return result as Value
  const { message, details } = result.error
  throw new UserError(message, details)
}

function isRepeatable({ builtins }: Bundle, { environment }: LoadedModule): boolean {
  return environment !== null && builtins.every((name) => pureModules.includes(name))
}
