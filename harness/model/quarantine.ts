/** A failure that is known, followed up elsewhere, and does not fail the run until its day has passed. */
export interface QuarantineEntry {
  /** Name of the check, or a glob. */
  check: string
  /** Glob for what failed (the assertion's text, or the message); null: whatever fails in it. */
  assertion: string | null
  /** Where it is followed up, such as a link. */
  tracker: string
  /** Last day on which it counts, `YYYY-MM-DD`, UTC. */
  until: string
}
