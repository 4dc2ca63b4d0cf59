import type { CheckReport, RunReport } from '../model/report.ts'

/** `run.json`, and what `run --json` prints. */
export function formatRunJson(report: RunReport): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

/** What `parse --format json` prints. @param checks in the order of the files */
export function formatParseJson(checks: CheckReport[]): string {
  return `${JSON.stringify({ schema: 1, checks }, null, 2)}\n`
}
