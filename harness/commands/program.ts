import { basename, sep } from 'node:path'

/**
 * How a person starts vmproof here, for command lines to copy.
 *
 * @param script as in `process.argv[1]`: a link in node_modules/.bin, one on PATH, or this project's own file
 * @param agent the package manager that started it, as in `npm_config_user_agent`: `pnpm/12.21.0 npm/? node/v20`
 */
export function programName(
  script = process.argv[1] ?? '',
  agent = process.env.npm_config_user_agent ?? '',
): string {
  const isInstalled = script.split(sep).includes('node_modules')
  if (!isInstalled && basename(script) === 'vmproof') return 'vmproof'
  return isInstalled && !agent.startsWith('pnpm/') ? 'npx vmproof' : 'pnpm vmproof'
}

/** How a job starts it: on a runner no package manager but npm can be counted on. */
export function ciProgramName(program = programName()): string {
  return program === 'pnpm vmproof' ? 'npx -y pnpm@12 --silent vmproof' : program
}
