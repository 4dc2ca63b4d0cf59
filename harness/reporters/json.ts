import type { RunReport } from '../model/report.ts'

/** `run.json`, and what `run --json` prints. */
export function formatRunJson(report: RunReport): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
