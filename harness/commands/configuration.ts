import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { detectCi } from '../ci/detect.ts'
import { type LoadedConfig, loadConfig } from '../filesystem/config.ts'
import type { SectionChoice } from '../filesystem/config-sections.ts'
import { cacheFolder } from '../host/cache-folder.ts'
import { UserError } from '../model/user-error.ts'

/** The environment variable that names sections, separated by commas. */
const sectionVariable = 'VMPROOF_SECTION'

/**
 * The configuration that holds in the working folder.
 * @param args what the command line names
 * @param ci what says that the section of CI holds by itself; null: nothing
 * @throws UserError
 */
export async function openConfig(
  { section }: { section?: string[] } = {},
  ci: string | null = detectCi(process.env)?.because ?? null,
): Promise<LoadedConfig> {
  return loadConfig(process.cwd(), {
    sections: chosenSections(section ?? [], process.env, ci),
    // All programs of a build lie in one folder.
    tools: { cacheFolder: cacheFolder(), programFolder: dirname(fileURLToPath(import.meta.url)) },
  })
}

/** The command line, else the environment, else what holds by itself. */
function chosenSections(named: string[], env: NodeJS.ProcessEnv, ci: string | null): SectionChoice {
  if (named.length > 0) return { names: named, by: '--section', ci }
  const words = env[sectionVariable]
  if (words === undefined || words === '') return { names: null, by: '', ci }
  const names = words.split(',').map((word) => word.trim())
  if (names.every((name) => name !== '')) return { names, by: sectionVariable, ci }
  throw new UserError(`${sectionVariable}=${words}: a name is empty`, ['write it like ci or ci,nightly'])
}
