import type { QuarantineEntry } from '../model/quarantine.ts'
import { UserError } from '../model/user-error.ts'
import { matchesAny } from './select.ts'

/** The entries that speak about a check. */
export function entriesFor(check: string, entries: readonly QuarantineEntry[]): QuarantineEntry[] {
  return entries.filter((entry) => matchesAny(check, [entry.check]))
}

/**
 * A forgotten quarantine hides a failure for ever, so one that is over ends the run before it starts.
 * @param today `YYYY-MM-DD`, UTC
 * @throws UserError naming every entry about one of the selected checks that is over
 */
export function demandCurrent(
  checks: readonly string[],
  entries: readonly QuarantineEntry[],
  today: string,
): void {
  const over = entries.filter(
    (entry) => entry.until < today && checks.some((check) => entriesFor(check, [entry]).length > 0),
  )
  if (over.length === 0) return
  throw new UserError(`${over.length === 1 ? 'a quarantine is' : `${over.length} quarantines are`} over`, [
    ...over.map(({ check, until, tracker }) => `${check}: ended on ${until}, see ${tracker}`),
    'mend the check, or decide again: change `until`, or delete the entry in the configuration',
  ])
}
