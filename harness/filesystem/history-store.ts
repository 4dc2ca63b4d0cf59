import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { compareText } from '../model/compare-text.ts'
import { type HistoryRecord, historySchema } from '../model/history.ts'
import { makeFolders } from '../process/make-folders.ts'
import { codeOf } from './errors.ts'
import { safeFileName } from './file-names.ts'
import { endsTorn } from './torn-line.ts'

/**
 * The history: a folder of files `HOST-YYYY-MM.ndjson`, a record a line, that are only appended to. Each machine
 * writes files of its own, so histories are merged by copying files into one folder; the same record in two
 * files counts once.
 */
const ending = '.ndjson'

/** What was in the folder beside records. */
export interface HistoryReading {
  records: HistoryRecord[]
  /** Lines that are no records: torn by a kill or a full disk. */
  torn: number
  /** Lines that a newer version wrote, left alone. */
  newer: number
  /** Files that could not be read, with the reason. */
  unreadable: { path: string; error: unknown }[]
}

/**
 * Appends a record in one write, so that several runs at once do not mix theirs; only a disk that becomes full takes a
 * part, and what is appended next gets a line of its own.
 * @param writer whose file it goes to @throws as node:fs does
 */
export function appendHistory(folder: string, record: HistoryRecord, writer: string = record.host): void {
  makeFolders(folder)
  const name = `${safeFileName(writer)}-${record.at.slice(0, 7)}${ending}`
  const file = openSync(join(folder, name), 'a+')
  try {
    let rest: Uint8Array = Buffer.from(`${endsTorn(file) ? '\n' : ''}${JSON.stringify(record)}\n`)
    while (rest.length > 0) rest = rest.subarray(writeSync(file, rest))
  } finally {
    closeSync(file)
  }
}

/**
 * Everything that is known, in no order; a folder that is not there is an empty history.
 * @param wanted passes over records early, by their text's check name
 */
export function readHistory(folder: string, wanted: (check: string) => boolean = () => true): HistoryReading {
  const reading: HistoryReading = { records: [], torn: 0, newer: 0, unreadable: [] }
  const seen = new Set<string>()
  for (const name of filesIn(folder, reading)) {
    const path = join(folder, name)
    try {
      refuseEndless(path)
      for (const line of readFileSync(path, 'utf8').split('\n')) readLine(line, reading, { seen, wanted })
    } catch (error) {
      reading.unreadable.push({ path, error })
    }
  }
  return reading
}

/** Enough for thousands of attempts, read in milliseconds. */
const tailBytes = 4 * 1024 * 1024

/** The newest records, from the ends of the newest files: what a run wants to know before it starts. */
export function readRecentHistory(folder: string): HistoryRecord[] {
  const reading: HistoryReading = { records: [], torn: 0, newer: 0, unreadable: [] }
  const seen = new Set<string>()
  let left = tailBytes
  for (const name of filesIn(folder, reading).sort((a, b) => compareText(monthOf(b), monthOf(a)))) {
    const tail = tailOf(join(folder, name), left)
    left -= tail.length
    for (const line of tail.toString('utf8').split('\n'))
      readLine(line, reading, { seen, wanted: () => true })
    if (left <= 0) break
  }
  return reading.records
}

/** `edge-7-2026-11.ndjson` */
function monthOf(name: string): string {
  return name.slice(-`YYYY-MM${ending}`.length)
}

/** The last bytes of a file, its first line probably torn; nothing when it cannot be read. */
function tailOf(path: string, bytes: number): Buffer {
  try {
    refuseEndless(path)
    const file = openSync(path, 'r')
    try {
      const { size } = fstatSync(file)
      const tail = Buffer.alloc(Math.min(size, bytes))
      return tail.subarray(0, readSync(file, tail, 0, tail.length, size - tail.length))
    } finally {
      closeSync(file)
    }
  } catch {
    return Buffer.alloc(0)
  }
}

function filesIn(folder: string, { unreadable }: Pick<HistoryReading, 'unreadable'>): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .sort()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') unreadable.push({ path: folder, error })
    return []
  }
}

/** A pipe or a device that lies there would be read for ever. */
function refuseEndless(path: string): void {
  const stats = statSync(path)
  if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is not a file')
}

interface Filter {
  /** Keys of the records that were read. */
  seen: Set<string>
  wanted(check: string): boolean
}

function readLine(line: string, reading: HistoryReading, { seen, wanted }: Filter): void {
  if (line === '') return
  const record = recordIn(line)
  if (record === null) reading.torn++
  else if (record.schema > historySchema) reading.newer++
  else if (wanted(record.check)) {
    const key = recordKey(record)
    if (seen.has(key)) return
    seen.add(key)
    reading.records.push(record)
  }
}

/** What is the same in two records of one attempt. */
export function recordKey({ run, check, profile, attempt }: HistoryRecord): string {
  return `${run}\0${check}\0${profile ?? ''}\0${attempt}`
}

function recordIn(line: string): HistoryRecord | null {
  try {
    const value = JSON.parse(line) as Partial<HistoryRecord> | null
    const isRecord =
      typeof value?.schema === 'number' &&
      (value.schema > historySchema ||
        [value.run, value.at, value.check, value.outcome].every((part) => typeof part === 'string'))
    return isRecord ? (value as HistoryRecord) : null
  } catch {
    return null
  }
}
