import { closeSync, openSync, readSync } from 'node:fs'
import { wordsFor } from '../filesystem/errors.ts'
import { createLogFileReader, type LogFileReader } from '../log/index.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { CheckReport } from '../model/report.ts'
import { emptyAttempt, foldLogEvent } from '../state/attempt-state.ts'
import { toCheckReport } from '../state/check-report.ts'
import { exitCodeOf } from '../state/exit-code.ts'
import type { ParseArguments } from './arguments.ts'
import { BrokenOutput, type CheckPrinter, createPrinter } from './parse-printer.ts'

/** Chunks that the engine's fast memory for young objects takes well; read several at once. */
const chunkSize = 64 * 1024
const readSize = 8 * chunkSize

/** Reads logs from anywhere and prints a report of every test in them, each as soon as its log is over. */
export async function parse(args: ParseArguments): Promise<ExitCode> {
  const printer = await createPrinter(args.format)
  const verdicts: CheckReport[] = []
  let unreadable = 0
  try {
    for (const source of args.files) {
      const problem = await parseOne(source, async (check) => {
        if (args.exitCode) verdicts.push({ ...check, assertions: [] })
        await printer.check(check)
      })
      if (problem === null) continue
      unreadable++
      process.stderr.write(`vmproof: ${source === '-' ? 'standard input' : source}: ${problem}\n`)
    }
    await printer.end()
  } catch (error) {
    // `vmproof parse ... | head` has seen enough.
    if (!(error instanceof BrokenOutput)) throw error
  }
  if (unreadable > 0) return exitCodes.usage
  return args.exitCode ? exitCodeOf(verdicts) : exitCodes.passed
}

/** @returns why the input could not be read, or null */
async function parseOne(source: string, print: CheckPrinter['check']): Promise<string | null> {
  const done: CheckReport[] = []
  const reader = readerOf(source, done)
  let count = 0
  let first: Uint8Array = new Uint8Array()
  const drain = async () => {
    count += done.length
    for (const check of done.splice(0)) await print(check)
  }
  const begin = (bytes: Uint8Array) => {
    first = bytes.slice(0, 4096)
    const packed = packedWith(first)
    if (packed) throw new PackedInput(packed, source)
  }
  try {
    if (source === '-') {
      for await (const bytes of process.stdin) {
        if (first.length === 0) begin(bytes)
        reader.write(bytes)
        if (done.length > 0) await drain()
      }
    } else {
      // Waiting for nothing costs more than reading a chunk.
      for (const bytes of chunksOf(source)) {
        if (first.length === 0) begin(bytes)
        reader.write(bytes)
        if (done.length > 0) await drain()
      }
    }
  } catch (error) {
    if (error instanceof PackedInput) return error.message
    if (error instanceof BrokenOutput) throw error
    await drain()
    return `cannot be read: ${wordsFor(error)}`
  }
  reader.end()
  await drain()
  if (count === 0) await print(nothingIn(source, first))
  return null
}

function readerOf(source: string, done: CheckReport[]): LogFileReader {
  return createLogFileReader(() => {
    const attempt = emptyAttempt()
    return {
      event: (event) => {
        foldLogEvent(attempt, event)
        if (event.type === 'logEnded') done.push(toCheckReport(attempt, { source }))
      },
    }
  })
}

/** One buffer for the whole file: the reader keeps none of it. */
function* chunksOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(readSize)
    for (;;) {
      const length = readSync(file, buffer, 0, readSize, null)
      if (length === 0) return
      for (let at = 0; at < length; at += chunkSize) {
        yield buffer.subarray(at, Math.min(at + chunkSize, length))
      }
    }
  } finally {
    closeSync(file)
  }
}

function nothingIn(source: string, first: Uint8Array): CheckReport {
  const why =
    first.length === 0
      ? 'is empty'
      : first.includes(0)
        ? 'is no text'
        : 'holds no line of a NixOS test driver'
  const name = source === '-' ? 'standard input' : source
  process.stderr.write(`vmproof: ${name} ${why}\n`)
  return toCheckReport(emptyAttempt(), { source, notes: [`the input ${why}`] })
}

/** Magic numbers of what logs are packed with; Nix keeps its own as bzip2. */
const packers = [
  { name: 'gzip', command: 'zcat', magic: [0x1f, 0x8b] },
  { name: 'bzip2', command: 'bzcat', magic: [0x42, 0x5a, 0x68] },
  { name: 'xz', command: 'xzcat', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { name: 'zstd', command: 'zstdcat', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'zip', command: 'unzip -p', magic: [0x50, 0x4b, 0x03, 0x04] },
]

class PackedInput extends Error {
  constructor({ name, command }: { name: string; command: string }, source: string) {
    super(`compressed with ${name}; use \`${command} ${source} | vmproof parse -\``)
  }
}

function packedWith(first: Uint8Array): { name: string; command: string } | undefined {
  return packers.find(({ magic }) => magic.every((byte, at) => first[at] === byte))
}
