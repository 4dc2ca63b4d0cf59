import type { RunReport } from '../../model/report.ts'
import { runFacts } from '../run-facts.ts'
import { oneLine } from '../safe-text.ts'

/**
 * Lines `name=value` for the file of a step's outputs: what the run came to in a word, counts of checks, its folder.
 * @param folder of the run, as later steps would write it
 */
export function formatOutputs(report: RunReport, folder: string): string {
  // A newline in a value would begin an output of its own.
  return Object.entries({ ...runFacts(report), run: report.run.id, folder })
    .map(([name, value]) => `${name}=${oneLine(String(value))}\n`)
    .join('')
}
