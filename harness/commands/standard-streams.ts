import { wordsFor } from '../filesystem/errors.ts'
import { exitCodes } from '../model/exit-code.ts'

/**
 * Keeps a broken standard stream from ending the command with a stack. Who closed the pipe (`| head`, a pager) has
 * seen enough. Output that is lost for another reason, such as a full disk, is told, and the exit code is not 0.
 */
export function guardStandardStreams(): void {
  if (guarded) return
  guarded = true
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || lost) return
    lost = true
    process.stderr.write(`vmproof: standard output is incomplete: ${wordsFor(error)}\n`)
    process.on('exit', (code) => {
      if (code === exitCodes.passed) process.exitCode = exitCodes.infrastructure
    })
  })
}

let guarded = false
let lost = false

/** Prints what a command was asked for. */
export function print(text: string): void {
  guardStandardStreams()
  process.stdout.write(text)
}
