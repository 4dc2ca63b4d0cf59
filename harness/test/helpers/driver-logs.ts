import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLogFileReader } from '../../log/index.ts'
import type { CheckReport } from '../../model/report.ts'
import { emptyAttempt, foldLogEvent } from '../../state/attempt-state.ts'
import { toCheckReport } from '../../state/check-report.ts'
import type { ExpectedReport } from './expectation.ts'

/** Logs of genuine drivers with what their scripts mean; see the README there. */
export const driverLogFolder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'fixtures/driver-logs')

/** Without ending, such as `2026-a-tty`. */
export function driverLogNames(): string[] {
  return readdirSync(driverLogFolder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => name.slice(0, -'.log'.length))
    .sort()
}

export function driverLog(name: string): Buffer {
  return readFileSync(join(driverLogFolder, `${name}.log`))
}

export function expectationOf(name: string): ExpectedReport {
  return JSON.parse(readFileSync(join(driverLogFolder, `${name}.expected.json`), 'utf8'))
}

/** The reports of every test in an input of any kind, in the order of their end. */
export function readFile(input: string | Uint8Array, size = 64 * 1024): CheckReport[] {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input
  const reports: CheckReport[] = []
  const reader = createLogFileReader(() => {
    const attempt = emptyAttempt()
    return {
      event: (event) => {
        foldLogEvent(attempt, event)
        if (event.type === 'logEnded') reports.push(toCheckReport(attempt))
      },
    }
  })
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  reader.end()
  return reports
}
