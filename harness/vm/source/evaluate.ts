import { readFileSync } from 'node:fs'
import type { EvaluationError } from '../../model/check.ts'
import { type ChildExit, startChild } from '../../process/child.ts'
import type { DefinitionIssue, SuiteDefinition } from './definition.ts'
import { lineOfKeys } from './issue-lines.ts'
import { lastBytes } from './last-bytes.ts'
import type { ReaderMessage } from './messages.ts'
import { nameOfFile, shownFile } from './suite-files.ts'

/** Loading a suite must only define a check; this is far more than that takes. */
const limits = { seconds: 10, heapMiB: 256, reportBytes: 16 * 1024 * 1024, shownBytes: 4096 }
const onlyDefine = 'outside of its body a suite must only define a check'

/** A suite that can be loaded. Absolute paths. */
export interface Evaluation {
  file: string
  bundle: string
  /** The program suite-reader.js. */
  reader: string
}

/** Loads a suite in a process of its own. Whatever the suite does is told, not thrown. */
export async function evaluateSuite({
  file,
  ...program
}: Evaluation): Promise<SuiteDefinition | { error: EvaluationError }> {
  const { message, ...ending } = await read(program)
  if (!message) return { error: silence(file, ending) }
  if (message.type === 'threw') return { error: threw(file, message) }
  return check(file, message.definition)
}

interface Reading {
  /** null when none came, or not the whole of it. */
  message: ReaderMessage | null
  exit: ChildExit
  isLate: boolean
  /** The end of its standard error. */
  said: string
}

async function read({ bundle, reader }: Omit<Evaluation, 'file'>): Promise<Reading> {
  const heap = `--max-old-space-size=${limits.heapMiB}`
  const child = startChild(process.execPath, [heap, '--enable-source-maps', reader, bundle], {
    hasReport: true,
  })
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

function silence(file: string, { exit, isLate, said }: Omit<Reading, 'message'>): EvaluationError {
  const complaint = (what: string, details: string[]) => ({ message: `${shownFile(file)}: ${what}`, details })
  const lastLines = said.split('\n').slice(-10)
  if (isLate) return complaint(`loading it does not end within ${limits.seconds} s`, [onlyDefine])
  if (said.includes('heap out of memory')) {
    return complaint(`loading it takes more than ${limits.heapMiB} MiB of memory`, [onlyDefine])
  }
  if (exit.code === unsettled) return complaint('loading it awaits what never comes', lastLines)
  const how = exit.startError ?? (exit.signal ? `killed by ${exit.signal}` : `exit code ${exit.code}`)
  return complaint(`loading it ends the process (${how})`, [...lastLines, onlyDefine].filter(Boolean))
}

//     at buildNodes (/home/me/cluster/suites/vm/lib/nodes.ts:12:9)
//     at file:///home/me/cluster/suites/vm/storage.ts:3:1
const frame = /^\s+at (?:.*\()?(?:file:\/\/)?(\/[^()]+):(\d+):\d+\)?$/

/** suites/vm/storage.ts:12: loading it throws Error: no disk */
function threw(file: string, { message, stack }: Extract<ReaderMessage, { type: 'threw' }>): EvaluationError {
  const frames = stack.flatMap((line) => {
    const [, path = '', number] = frame.exec(line) ?? []
    return number === undefined || /suite-reader/.test(path) ? [] : [`${shownFile(path)}:${number}`]
  })
  const own = frames.find((place) => place.startsWith(`${shownFile(file)}:`)) ?? shownFile(file)
  const [first = ''] = message.split('\n')
  return {
    message: `${own}: loading it throws ${first}`,
    details: frames.length > 1 ? [`thrown at ${frames.join(', from ')}`] : [],
  }
}

async function check(file: string, value: unknown): Promise<SuiteDefinition | { error: EvaluationError }> {
  const source = readFileSync(file, 'utf8')
  const complaint = ({ path, message }: DefinitionIssue) =>
    `${shownFile(file)}:${lineOfKeys(source, path)}: ${[path.join('.'), message].filter(Boolean).join(': ')}`
  if (value === null || typeof value !== 'object') {
    const message = 'it exports no check: end it with export default vmCheck({ name, nodes, body })'
    return { error: { message: complaint({ path: [], message }), details: [] } }
  }
  // Loaded only where a suite is new or has changed.
  const { checkDefinition } = await import('./definition-schema.ts')
  const definition = checkDefinition(value)
  if (!Array.isArray(definition) && definition.name === nameOfFile(file)) return definition
  const issues = Array.isArray(definition) ? definition : [otherName(definition)]
  const [message = '', ...details] = issues.map(complaint)
  return { error: { message, details } }
}

/** Whoever reads a report looks for the file by the name of the check. */
function otherName({ name }: SuiteDefinition): DefinitionIssue {
  return { path: ['name'], message: `"${name}" is not what the file is called: rename one of them` }
}
