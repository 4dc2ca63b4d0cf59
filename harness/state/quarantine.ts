import type { QuarantineEntry } from '../model/quarantine.ts'
import type { CheckReport } from '../model/report.ts'

/**
 * The entry that covers all that failed in a check; null when it did not fail, or when something else failed too.
 * What the infrastructure broke is never covered: an entry speaks about the check.
 */
export function coveringEntry(
  check: Pick<CheckReport, 'outcome' | 'assertions' | 'failure'>,
  entries: readonly QuarantineEntry[],
): QuarantineEntry | null {
  if (check.outcome !== 'failed' && check.outcome !== 'timed-out') return null
  const failures = failuresOf(check)
  return entries.find(({ assertion }) => assertion === null || covers(assertion, failures)) ?? null
}

/** Each failure by all its names. Subtests only fail because of what they hold. */
function failuresOf({ assertions, failure }: Pick<CheckReport, 'assertions' | 'failure'>): string[][] {
  const failed = assertions.filter(
    ({ outcome, caught, kind }) =>
      (outcome === 'failed' || outcome === 'errored') && !caught && kind !== 'subtest',
  )
  const named = failed.map(({ text, message }) => (message === null ? [text] : [text, message]))
  return named.length > 0 || !failure ? named : [[failure.message]]
}

function covers(pattern: string, failures: string[][]): boolean {
  return failures.length > 0 && failures.every((names) => names.some((name) => fitsGlob(name, pattern)))
}

/** `*` any text, `?` any character; everything else stands for itself: commands are full of brackets and braces. */
function fitsGlob(text: string, pattern: string): boolean {
  const source = [...pattern].map((one) =>
    one === '*' ? '[\\s\\S]*' : one === '?' ? '[\\s\\S]' : one.replace(/[\\^$.|+()[\]{}]/g, '\\$&'),
  )
  return new RegExp(`^${source.join('')}$`).test(text)
}
