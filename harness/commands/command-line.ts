import yargs from 'yargs'
import { UserError } from '../model/user-error.ts'
import type { Positionals } from './arguments.ts'
import { commands, type Subcommand } from './catalogue.ts'
import { refuseEmptyValues } from './options.ts'
import { version } from './version.ts'

/** Names and tags may be given many times; of any other option only one value can be meant. */
const repeatable = new Set([
  '_',
  'checks',
  'files',
  'runs',
  'tag',
  'notTag',
  'not-tag',
  'section',
  'before',
  'expect',
])

/** A command and what stands behind it. */
export interface Called {
  command: Subcommand
  args: Arguments
}

type Arguments = Positionals & Record<string, unknown>

/**
 * Understands a command line.
 * @param argv words behind `vmproof`
 * @returns null when yargs has answered it: `--help`, `--version`
 * @throws UserError for what is no command line
 */
export async function parseCommandLine(argv: string[]): Promise<Called | null> {
  // The handlers only note what is called: yargs does costly things around one that returns a promise.
  let called: Called | null = null
  const parser = yargs(argv)
    .scriptName('vmproof')
    .usage('$0 <command> [options]\n\nTest orchestration for VM test suites.')
    .version(version)
    .help()
    .alias('help', 'h')
    .strict()
    .strictCommands()
    .demandCommand(1, 'Which command?')
    .recommendCommands()
    .exitProcess(false)
    // A check may be called 1e3.
    .parserConfiguration({
      'strip-dashed': true,
      'short-option-groups': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .wrap(Math.min(110, process.stdout.columns || 110))
    .fail((message, error) => {
      // yargs hands over its own complaints now as words, now as an error.
      if (error && error.name !== 'YError') throw error
      const words = message ?? error.message
      throw new UserError(words, usageHints(words, argv))
    })
  for (const command of commands) {
    register(parser, command, (args) => {
      called = { command, args }
    })
  }
  await parser.parse()
  // TypeScript does not see that the handlers have run.
  const noted = called as Called | null
  if (noted) {
    refuseRepeated(noted.args)
    refuseEmptyValues(noted.args)
  }
  return noted
}

function register(parser: ReturnType<typeof yargs>, command: Subcommand, handler: (args: Arguments) => void) {
  parser.command({
    command: command.usage,
    describe: command.describe,
    builder: (inner: typeof parser) =>
      command
        .options(inner)
        .example(command.examples.map(([line, what]) => [`$0 ${line}`, what])) as typeof parser,
    handler,
  })
}

function refuseRepeated(args: Record<string, unknown>): void {
  const option = Object.keys(args).find((name) => Array.isArray(args[name]) && !repeatable.has(name))
  if (option === undefined) return
  throw new UserError(`--${option} is given more than once`, ['give it once'])
}

function usageHints(message: string, argv: string[]): string[] {
  const hints = ['vmproof --help lists commands, vmproof <command> --help its options']
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]?.split(', ') ?? []
  if (!argv.some((word) => word.startsWith('-') && unknown.includes(word.replace(/^-+/, '')))) return hints
  return ['a name that begins with a dash goes behind --, as in: vmproof run -- -name', ...hints]
}
