import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makeFolders } from '../process/make-folders.ts'
import type { AttemptFiles, RunRecorder } from '../run/ports.ts'
import { createAttemptFiles } from './attempt-files.ts'
import { wordsFor } from './errors.ts'
import { safeFileName } from './file-names.ts'
import { JournalWriter, journalName } from './journal.ts'

/** A recorder that knows whether its files are whole. */
export interface FileRunRecorder extends RunRecorder {
  /** One line about the first thing that could not be written and is not in its file now; else null. */
  problem(): string | null
  close(): void
}

/** Names in a run's folder that a check cannot have. */
const taken = [journalName, 'run.json', 'junit.xml', 'index.html']

/**
 * Writes a run into its folder. Nothing here throws: a full disk must not end a run that is measuring.
 * @param onProblem told once, when the first write fails
 */
export function createRunRecorder(folder: string, onProblem: (line: string) => void): FileRunRecorder {
  let first: string | null = null
  let lost = false
  const onFailure = (error: unknown, path: string) => {
    if (first !== null) return
    first = `cannot write ${path}: ${wordsFor(error)}`
    onProblem(first)
  }
  const journal = new JournalWriter(join(folder, journalName), onFailure)
  const attempt = (instance: string, number: number): AttemptFiles => {
    const relative = join(folderOf(instance), `attempt-${number}`)
    const path = join(folder, relative)
    try {
      makeFolders(path)
    } catch (error) {
      onFailure(error, path)
      lost = true
    }
    return {
      folder: relative,
      path,
      ...createAttemptFiles(path, {
        onFailure,
        onLoss: () => {
          lost = true
        },
      }),
    }
  }
  return {
    event: (event) => journal.append(event),
    attempt,
    problem: () => (lost || !journal.complete ? (first ?? `${basename(folder)} is incomplete`) : null),
    close: () => journal.close(),
  }
}

/** The folder of an instance, relative to the run's folder. */
function folderOf(instance: string): string {
  return safeFileName(instance, taken)
}

/** The highest number of an attempt that has a folder; 0 without one. The journal may lack its line. */
export function lastAttemptFolder(folder: string, instance: string): number {
  try {
    const numbers = readdirSync(join(folder, folderOf(instance))).map(
      (name) => /^attempt-(\d+)$/.exec(name)?.[1],
    )
    return Math.max(0, ...numbers.map((number) => Number(number ?? 0)))
  } catch {
    return 0
  }
}
