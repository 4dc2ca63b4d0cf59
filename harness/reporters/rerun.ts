import type { CheckReport, RunInfo, RunReport } from '../model/report.ts'
import { shellWord } from '../model/shell-word.ts'

// Options of `run` that say where a check comes from and how it is executed; their value follows.
const carried = [
  ...['--flake', '--file', '--attr', '--system', '--suites', '--kind', '--section'],
  ...['--accel', '--via', '--timeout', '--out'],
]

type Failed = Pick<CheckReport, 'name' | 'profile'>

/**
 * The command line that attempts this check once more, the way this run did.
 * @param program how vmproof is started here
 */
export function rerunCommand(run: Pick<RunInfo, 'command'>, check: Failed, program = 'pnpm vmproof'): string {
  return commandFor(run, [check], program)
}

/** Beyond so many letters names help nobody, and a terminal wraps them. */
const longest = 400

/**
 * One command line that attempts all of these once more, the way the run did. They are named where that is short, else
 * the newest run is asked; that is only done when everything else in it passed.
 * @param checks not empty
 */
export function rerunAllCommand(
  { run, checks: all }: RunReport,
  checks: readonly Failed[],
  { program = 'pnpm vmproof', isNewest = false }: { program?: string; isNewest?: boolean } = {},
): string {
  const named = commandFor(run, checks, program)
  if (named.length <= longest || !isNewest || !isAllThatDidNotPass(all, checks)) return named
  const profiles = [...new Set(checks.map(({ profile }) => profile))]
  const names = profiles.filter((profile) => profile !== null)
  if (names.length < profiles.length && profiles.length > 1) return named
  // Quoted, so that the default selection of the configuration, which may leave some out, has no say.
  const which = ['--last-failed', '*']
  const words =
    names.length > 1
      ? ['sweep', ...carriedOptions(run.command), '--profiles', names.join(','), ...which]
      : ['run', ...carriedOptions(run.command), ...profileOption(names[0] ?? null), ...which]
  return inShell(words, program)
}

function isAllThatDidNotPass(all: readonly CheckReport[], checks: readonly Failed[]): boolean {
  return all.filter(({ outcome }) => outcome !== 'passed').length === checks.length
}

/** `run --profile lossy a b`; checks under different profiles are `a@lossy b@edge`. */
function commandFor(
  { command }: Pick<RunInfo, 'command'>,
  checks: readonly Failed[],
  program: string,
): string {
  const profiles = new Set(checks.map(({ profile }) => profile))
  const [common = null] = profiles.size === 1 ? profiles : []
  const names = checks.map(({ name, profile }) => {
    // Behind an @ a profile is looked for, so one within a name is any letter.
    const check = (name ?? '').replaceAll('@', '?')
    return profile === null || profile === common ? check : `${check}@${profile}`
  })
  const dashed = names.some((name) => name.startsWith('-')) ? ['--'] : []
  return inShell(['run', ...carriedOptions(command), ...profileOption(common), ...dashed, ...names], program)
}

function profileOption(profile: string | null): string[] {
  return profile === null ? [] : ['--profile', profile]
}

/** The command line that goes on with a run that was cut off. */
export function resumeCommand(run: Pick<RunInfo, 'command' | 'id'>, program = 'pnpm vmproof'): string {
  const [command = 'run'] = run.command.filter((word) => word === 'run' || word === 'sweep')
  const folder = carriedOptions(run.command, ['--out'])
  return inShell([command, ...folder, '--resume', run.id], program)
}

function inShell(words: string[], program: string): string {
  return [program, ...words.map(shellWord)].join(' ')
}

function carriedOptions(command: string[], options: readonly string[] = carried): string[] {
  return command.flatMap((word, at) => {
    const [option, value] = splitOption(word)
    if (!options.includes(option)) return []
    const given = value ?? command[at + 1]
    return given === undefined ? [] : [option, given]
  })
}

/** `--flake=.` → [`--flake`, `.`] */
function splitOption(word: string): [string, string | undefined] {
  const at = word.indexOf('=')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}
