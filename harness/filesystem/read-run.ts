import { join } from 'node:path'
import { emptyRun, foldRunEvent, type RunState } from '../state/reduce.ts'
import { journalName, readJournal } from './journal.ts'

/** What the journal of a run tells. @param folder of the run @throws UserError when it cannot be read */
export async function readRun(folder: string): Promise<RunState> {
  const state = emptyRun()
  for (const event of readJournal(join(folder, journalName))) foldRunEvent(state, event)
  return state
}

/** The line of the journal that says what the run is, was not lost. */
export function hasHead({ run }: RunState): boolean {
  return run.id !== emptyRun().run.id
}
