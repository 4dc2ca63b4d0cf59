import { spawn } from 'node:child_process'
import { exitCodes } from '../model/exit-code.ts'
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
  const variables = Object.entries(env).map(([name, value]) => `${name}=${word(value)}`)
  const prefix = asRoot && sudo ? ['sudo', ...variables] : variables
  return [...prefix, program, ...args.map(word)].join(' ')
}

function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
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
  const { code, stdout, lines } = await spawnAndRead(program, args, command)
  if (code === 0) return stdout
  throw new UserError(
    `setup failed: ${commandText(command, elevated)}: ${code}`,
    [...lines, 'mend what it says and run vmproof setup again'],
    exitCodes.infrastructure,
  )
}

interface CommandEnd {
  /** Exit code, or in words why there is none. */
  code: number | string
  stdout: string
  /** The last lines of both outputs. */
  lines: string[]
}

function spawnAndRead(program: string, args: string[], { cwd, env }: Command): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    })
    let stdout = ''
    let tail = ''
    const read = (text: string) => {
      tail = (tail + text).slice(-16_384)
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      read(text)
    })
    child.stderr.setEncoding('utf8').on('data', read)
    const end = (code: number | string) => resolve({ code, stdout, lines: lastLines(tail) })
    child.on('error', (error) => end(error.message))
    child.on('close', (code, signal) => end(code ?? `ended by ${signal}`))
  })
}

function lastLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-shownLines)
}
