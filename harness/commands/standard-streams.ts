import { fstatSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { detectCi } from '../ci/detect.ts'
import { wordsFor } from '../filesystem/errors.ts'
import { exitCodes } from '../model/exit-code.ts'
import { type CommandGate, createCommandGate, type StreamContent } from '../reporters/command-gate.ts'

/**
 * Keeps a broken standard stream from ending the command with a stack. Who closed the pipe (`| head`, a pager) has
 * seen enough. Output that is lost for another reason, such as a full disk, is told, and the exit code is not 0.
 * In a CI that obeys what a job prints, no text that goes this way is a command.
 */
export function guardStandardStreams(): void {
  if (guarded) return
  guarded = true
  if (detectCi(process.env)?.obeysOutput) {
    gateStream(process.stdout, () => carried)
    gateStream(process.stderr, () => 'text')
  }
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
let carried: StreamContent = 'text'

/** Says what the command was asked to print. @param args as typed */
export function expectOutput(args: Readonly<Record<string, unknown>>): void {
  const { json, format } = args
  carried = json === true || format === 'json' ? 'json' : format === 'junit' ? 'xml' : 'text'
}

/** Prints what a command was asked for. */
export function print(text: string): void {
  guardStandardStreams()
  process.stdout.write(text)
}

/** Prints commands to the CI's runner, in lines of their own; `text` is made by nobody but a reporter of that CI. */
export function printCommands(stream: NodeJS.WriteStream, text: string): void {
  guardStandardStreams()
  const gated = gates.get(stream)
  if (!gated) stream.write(text)
  else gated.write(`${gated.gate().atLineStart ? '' : '\n'}${text}`)
}

interface GatedStream {
  gate(): CommandGate
  write(text: string): boolean
}

type StandardStream = NodeJS.WriteStream & { fd?: number }

const gates = new Map<NodeJS.WriteStream, GatedStream>()

/** A file is no log of a job: it gets every byte as it is. */
function gateStream(stream: StandardStream, content: () => StreamContent): void {
  if (isFile(stream)) return
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  const decoder = new StringDecoder()
  let gate: CommandGate | null = null
  const opened = () => {
    gate ??= createCommandGate(content())
    return gate
  }
  stream.write = (piece: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof piece === 'string' ? piece : decoder.write(Buffer.from(piece))
    return write(opened().pass(text), ...rest)
  }
  gates.set(stream, { gate: opened, write })
}

/** Whether a standard stream goes to a regular file. */
export function isFile({ fd }: StandardStream): boolean {
  try {
    return fd !== undefined && fstatSync(fd).isFile()
  } catch {
    return false
  }
}
