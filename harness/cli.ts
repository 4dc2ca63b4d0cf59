import yargs from 'yargs'
import { type Command, commands } from './commands/catalogue.ts'
import { version } from './commands/version.ts'
import { type ExitCode, exitCodes } from './model/exit-code.ts'
import { UserError } from './model/user-error.ts'

/** Names and tags may be given many times; of any other option only one value can be meant. */
const repeatable = new Set(['_', 'checks', 'files', 'runs', 'tag', 'notTag', 'not-tag', 'section'])

process.exitCode = await main(process.argv.slice(2))

/** Parses the command line, runs one command, and turns what it throws into words and an exit code. */
async function main(argv: string[]): Promise<ExitCode> {
  // The handlers only note what is called: yargs does costly things around one that returns a promise.
  let called: { command: Command; args: Record<string, unknown> } | null = null
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
    .parserConfiguration({ 'strip-dashed': true, 'short-option-groups': false })
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
  try {
    await parser.parse()
    return called === null ? exitCodes.passed : await call(called)
  } catch (error) {
    return explain(error)
  }
}

async function call({
  command,
  args,
}: {
  command: Command
  args: Record<string, unknown>
}): Promise<ExitCode> {
  refuseRepeated(args)
  const implementation = await command.load()
  return implementation(args as never)
}

function register(
  parser: ReturnType<typeof yargs>,
  command: Command,
  handler: (args: Record<string, unknown>) => void,
) {
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

/** An expected failure prints as words; a bug keeps its stack, so that it can be reported. */
function explain(error: unknown): ExitCode {
  if (error instanceof UserError) {
    process.stderr.write(`vmproof: ${error.message}\n${error.hints.map((hint) => `  ${hint}\n`).join('')}`)
    return error.exitCode
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`vmproof: this is a bug in vmproof, please report it\n${stack}\n`)
  return exitCodes.infrastructure
}
