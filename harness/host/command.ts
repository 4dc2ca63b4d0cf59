import { execa } from 'execa'
import { exitCodes } from '../model/exit-code.ts'
import { shellWord } from '../model/shell-word.ts'
import { UserError } from '../model/user-error.ts'

/** A program that setup starts. */
export interface Command {
  program: string
  args: string[]
  cwd?: string
  /** Through sudo where the user is not root. */
  asRoot?: boolean
  env?: Record<string, string>
}

/** Last lines of a failed command that are shown. */
const shownLines = 15

/** As a person would type it. @param sudo put in front of what needs root */
export function commandText({ program, args, asRoot, env = {} }: Command, sudo: boolean): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)}`)
  const prefix = asRoot && sudo ? ['sudo', ...variables] : variables
  return [...prefix, program, ...args.map(shellWord)].join(' ')
}

/**
 * Runs a command to its end. It stays in the terminal's foreground group, unlike other children of the harness:
 * sudo asks for a password on the terminal, and Ctrl-C ends it.
 *
 * @returns what it printed on standard output
 * @throws UserError with its last lines when it fails
 */
export async function runCommand(command: Command, sudo: string | null): Promise<string> {
  const variables = Object.entries(command.env ?? {}).map(([name, value]) => `${name}=${value}`)
  const elevated = command.asRoot === true && sudo !== null
  const [program = '', ...args] = [
    ...(elevated ? [sudo, ...variables] : []),
    command.program,
    ...command.args,
  ]
  const result = await execa(program, args, {
    stdin: 'ignore',
    env: command.env ?? {},
    all: true,
    reject: false,
    stripFinalNewline: false,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
  })
  if (!result.failed) return result.stdout
  throw new UserError(
    `setup failed: ${commandText(command, elevated)}: ${result.exitCode ?? result.originalMessage ?? result.signal}`,
    [...lastLines(result.all), 'mend what it says and run vmproof setup again'],
    exitCodes.infrastructure,
  )
}

function lastLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-shownLines)
}
