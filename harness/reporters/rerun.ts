import type { CheckReport, RunInfo } from '../model/report.ts'
import { shellWord } from '../model/shell-word.ts'

// Options of `run` that say where a check comes from and how it is executed; their value follows.
const carried = [
  ...['--flake', '--file', '--attr', '--system', '--suites', '--kind', '--section'],
  ...['--accel', '--via', '--timeout'],
]

/**
 * The command line that attempts this check once more, the way this run did.
 * @param program how vmproof is started here
 */
export function rerunCommand(
  run: Pick<RunInfo, 'command'>,
  check: CheckReport,
  program = 'pnpm vmproof',
): string {
  const profile = check.profile === null ? [] : ['--profile', check.profile]
  const words = ['run', ...carriedOptions(run.command), ...profile]
  const name = check.name ?? ''
  const rest = [...words, ...(name.startsWith('-') ? ['--'] : []), name].map(shellWord)
  return [program, ...rest].join(' ')
}

function carriedOptions(command: string[]): string[] {
  return command.flatMap((word, at) => {
    const [option, value] = splitOption(word)
    if (!carried.includes(option)) return []
    const given = value ?? command[at + 1]
    return given === undefined ? [] : [option, given]
  })
}

/** `--flake=.` → [`--flake`, `.`] */
function splitOption(word: string): [string, string | undefined] {
  const at = word.indexOf('=')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}
