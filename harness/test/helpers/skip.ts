/**
 * Skips a test with its reason in the output, which reporters leave out.
 * @param skip of the test's context
 */
export function skipBecause(reason: string, skip: (note?: string) => void): void {
  process.stdout.write(`skipped: ${reason}\n`)
  skip(reason)
}
