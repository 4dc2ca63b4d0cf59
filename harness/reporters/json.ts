import type { CheckReport, RunReport } from '../model/report.ts'

/** `run.json`, and what `run --json` prints. */
export function formatRunJson(report: RunReport): string {
  return [...runJsonPieces(report)].join('')
}

/** The same, a piece for the assertions of a check: of a large run nobody wants to hold the whole text. */
export function* runJsonPieces({ checks, ...rest }: RunReport): Generator<string> {
  yield `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "checks": [`
  let separator = '\n'
  for (const check of checks) {
    yield `${separator}${checkJson(check)}`
    separator = ',\n'
  }
  yield checks.length === 0 ? ']\n}\n' : '\n  ]\n}\n'
}

/** What is between two assertions. Within a string its quotes would have backslashes. */
const between = '},{"index":'

/** An assertion a line: there may be thousands, and one with its keys below each other fills a screen. */
function checkJson({ assertions, ...facts }: CheckReport): string {
  const head = JSON.stringify(facts, null, 2).slice(0, -2).replaceAll('\n', '\n    ')
  // Each by itself would take twice the time.
  const rows = JSON.stringify(assertions).slice(1, -1).replaceAll(between, '},\n        {"index":')
  const list = rows === '' ? '[]' : `[\n        ${rows}\n      ]`
  return `    ${head},\n      "assertions": ${list}\n    }`
}
