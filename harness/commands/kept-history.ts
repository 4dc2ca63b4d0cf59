import { wordsFor } from '../filesystem/errors.ts'
import { appendHistory, readHistory, recordKey } from '../filesystem/history-store.ts'
import type { HistoryRecord } from '../model/history.ts'
import { toHistoryRecord } from '../state/history-record.ts'
import type { RunState } from '../state/run-state.ts'
import { shownPath } from './shown-path.ts'

/** What the history keeps of a run. */
export function recordsOf(state: RunState): HistoryRecord[] {
  return [...state.instances.values()].flatMap((instance) =>
    instance.attempts.flatMap((attempt) => toHistoryRecord(state, instance, attempt) ?? []),
  )
}

// Jobs of CI run on machines whose names come once: a file for each of them would be many.
const writer = 'merged'

/** Adds what runs of other machines measured to the history here, each attempt once. Reports do not depend on it. */
export function keepRecords(
  records: readonly HistoryRecord[],
  folder: string,
  { warn }: { warn(line: string): void },
): void {
  const names = new Set(records.map(({ check }) => check))
  const known = new Set(readHistory(folder, (check) => names.has(check)).records.map(recordKey))
  try {
    for (const record of records.filter((one) => !known.has(recordKey(one)))) {
      appendHistory(folder, record, writer)
    }
  } catch (error) {
    warn(`${shownPath(folder)}: the runs are not kept in the history, ${wordsFor(error)}`)
  }
}
