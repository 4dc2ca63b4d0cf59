import type { RunEvent } from '../model/run-event.ts'
import { UserError } from '../model/user-error.ts'
import { wordsFor } from './errors.ts'
import { GrowingFile, type GrowingFileOptions } from './growing-file.ts'
import { chunksOf } from './log-input.ts'
import { fileEndsTorn } from './torn-line.ts'

/** The journal's file in a run's folder. */
export const journalName = 'events.ndjson'

/** Appends events, one JSON object a line. What a full disk refuses is kept in memory and tried again. */
export class JournalWriter {
  readonly #file: GrowingFile

  constructor(path: string, onFailure: GrowingFileOptions['onFailure']) {
    this.#file = new GrowingFile(path, { keepUnwritten: true, onFailure })
    if (fileEndsTorn(path)) this.#file.append(Buffer.from('\n'))
  }

  get complete(): boolean {
    return this.#file.complete
  }

  append(event: RunEvent): void {
    this.#file.append(Buffer.from(`${JSON.stringify(event)}\n`))
  }

  close(): void {
    this.#file.close()
  }
}

/**
 * The events of a journal, in order, as they are read. A line that is no event (torn by a kill or a full disk)
 * is passed over; events of a type from a later version are yielded for the reader to ignore.
 * @throws UserError when the file cannot be read
 */
export function* readJournal(path: string): Generator<RunEvent> {
  for (const line of linesOf(path)) {
    const event = eventIn(line)
    if (event) yield event
  }
}

function eventIn(line: string): RunEvent | null {
  try {
    const value: unknown = JSON.parse(line)
    const isEvent =
      typeof value === 'object' &&
      value !== null &&
      'type' in value &&
      typeof value.type === 'string' &&
      'at' in value &&
      typeof value.at === 'string'
    return isEvent ? (value as RunEvent) : null
  } catch {
    return null
  }
}

/**
 * node:readline also splits at U+2028 and at a lone CR, which a JSON string may hold. Whole lines are decoded together:
 * a journal has hundreds of thousands, and decoding each by itself took longer than parsing it.
 */
function* linesOf(path: string): Generator<string> {
  /** What has begun a line that is not at its end. */
  let begun: Buffer[] = []
  for (const chunk of chunks(path)) {
    const end = chunk.lastIndexOf(10)
    // The next chunk is read into the place of this one.
    const rest = Buffer.from(chunk.subarray(end + 1))
    if (end < 0) {
      begun.push(rest)
      continue
    }
    yield* Buffer.concat([...begun, chunk.subarray(0, end)])
      .toString('utf8')
      .split('\n')
    begun = [rest]
  }
  yield Buffer.concat(begun).toString('utf8')
}

function* chunks(path: string): Generator<Uint8Array> {
  try {
    yield* chunksOf(path)
  } catch (error) {
    throw new UserError(`${path}: cannot read the journal, ${wordsFor(error)}`)
  }
}
