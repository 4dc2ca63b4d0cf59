import { parseCommandLine } from './commands/command-line.ts'
import { expectOutput, guardStandardStreams } from './commands/standard-streams.ts'
import { type ExitCode, exitCodes } from './model/exit-code.ts'
import { UserError } from './model/user-error.ts'

process.exitCode = await main(process.argv.slice(2))

/** Parses the command line, runs one command, and turns what it throws into words and an exit code. */
async function main(argv: string[]): Promise<ExitCode> {
  guardStandardStreams()
  try {
    const called = await parseCommandLine(argv)
    if (called === null) return exitCodes.passed
    expectOutput(called.args)
    const implementation = await called.command.load()
    return await implementation(called.args as never)
  } catch (error) {
    return explain(error)
  }
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
