import type { EvaluationError } from '../model/check.ts'
import { type ChildExit, startChild } from '../process/child.ts'
import { lastBytes } from '../process/last-bytes.ts'
import type { ReaderMessage } from './reader-message.ts'
import { shownFile } from './shown-file.ts'

/** Loading a module must only define something; this is far more than that takes. */
const limits = { seconds: 10, heapMiB: 256, reportBytes: 16 * 1024 * 1024, shownBytes: 4096 }

/** A module that can be loaded. Absolute paths. */
export interface BundledModule {
  /** As its author wrote it. */
  file: string
  bundle: string
  /** The program module-reader.js. */
  reader: string
  /** A function that it exports is called, and what that returns is its value. */
  isCalled: boolean
  /** What its author should know when it does more than it must, one line. */
  advice: string
}

/** What a module exports by default, as JSON has it; functions are told as `{ function: NAME }`. */
export type LoadedModule = Extract<ReaderMessage, { type: 'loaded' }>

/** Loads a module in a process of its own. Whatever the module does is told, not thrown. */
export async function loadModule(module: BundledModule): Promise<LoadedModule | { error: EvaluationError }> {
  const { message, ...ending } = await read(module)
  if (!message) return { error: silence(module, ending) }
  switch (message.type) {
    case 'loaded':
      return message
    case 'threw':
      return { error: threw(module, message) }
    case 'left':
      return { error: left(module, message) }
  }
}

interface Reading {
  /** null when none came, or not the whole of it. */
  message: ReaderMessage | null
  exit: ChildExit
  isLate: boolean
  /** The end of its standard error. */
  said: string
}

async function read({ bundle, reader, isCalled }: BundledModule): Promise<Reading> {
  const heap = `--max-old-space-size=${limits.heapMiB}`
  const words = [reader, bundle, ...(isCalled ? ['call'] : [])]
  const child = startChild(process.execPath, [heap, '--enable-source-maps', ...words], { hasReport: true })
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    child.kill()
  }, limits.seconds * 1000)
  child.stdout.resume()
  const [report, errors, exit] = await Promise.all([
    lastBytes(child.report, limits.reportBytes),
    lastBytes(child.stderr, limits.shownBytes),
    child.exited,
  ])
  clearTimeout(timer)
  return { message: parse(report), exit, isLate, said: errors.toString().trim() }
}

function parse(report: Buffer): ReaderMessage | null {
  try {
    return JSON.parse(report.toString()) as ReaderMessage
  } catch {
    return null
  }
}

/** Node's exit code when nothing goes on any more and a top-level await has not been settled. */
const unsettled = 13

function silence(
  { file, advice }: BundledModule,
  { exit, isLate, said }: Omit<Reading, 'message'>,
): EvaluationError {
  const complaint = (what: string, details: string[]) => ({ message: `${shownFile(file)}: ${what}`, details })
  const lastLines = said.split('\n').slice(-10)
  if (isLate) return complaint(`loading it does not end within ${limits.seconds} s`, [advice])
  if (said.includes('heap out of memory')) {
    return complaint(`loading it takes more than ${limits.heapMiB} MiB of memory`, [advice])
  }
  if (exit.code === unsettled) return complaint('loading it awaits what never comes', [advice])
  const how = exit.startError ?? (exit.signal ? `killed by ${exit.signal}` : `exit code ${exit.code}`)
  return complaint(`loading it ends the process (${how})`, [...lastLines, advice].filter(Boolean))
}

/** suites/vm/storage.ts:12: loading it throws Error: no disk */
function threw(
  { file }: BundledModule,
  { message, stack }: Extract<ReaderMessage, { type: 'threw' }>,
): EvaluationError {
  const [first = ''] = message.split('\n')
  const frames = framesOf(stack)
  return {
    message: `${modulePlace(file, frames)}: loading it throws ${first}`,
    details: frames.length > 1 ? [`thrown at ${frames.join(', from ')}`] : [],
  }
}

function left(
  { file, advice }: BundledModule,
  { code, stack }: Extract<ReaderMessage, { type: 'left' }>,
): EvaluationError {
  return {
    message: `${modulePlace(file, framesOf(stack))}: loading it ends the process (exit code ${code})`,
    details: [advice],
  }
}

/** The line of the module's own file that led there; the file alone when none is told. */
function modulePlace(file: string, frames: string[]): string {
  return frames.find((place) => place.startsWith(`${shownFile(file)}:`)) ?? shownFile(file)
}

//     at buildNodes (/home/me/cluster/suites/vm/lib/nodes.ts:12:9)
//     at file:///home/me/cluster/suites/vm/storage.ts:3:1
const frame = /^\s+at (?:.*\()?(?:file:\/\/)?(\/[^()]+):(\d+):\d+\)?$/

/** Innermost first, without those of the reader. */
function framesOf(stack: string[]): string[] {
  return stack.flatMap((line) => {
    const [, path = '', number] = frame.exec(line) ?? []
    return number === undefined || /user-module\/|module-reader/.test(path)
      ? []
      : [`${shownFile(path)}:${number}`]
  })
}
