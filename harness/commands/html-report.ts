import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readHistory } from '../filesystem/history-store.ts'
import { type LogExcerpt, logPieces } from '../filesystem/log-pieces.ts'
import { readPageAsset } from '../filesystem/page-asset.ts'
import { attachedFile, isPng, runFile } from '../filesystem/run-files.ts'
import type { CheckReport, RunReport } from '../model/report.ts'
import type { Attachment, AttemptLog } from '../page/data.ts'
import { writeStreamAtomically } from '../process/atomic-file.ts'
import { messageOf } from '../reporters/failure-lines.ts'
import { allowancesFor } from '../reporters/html/allowances.ts'
import { htmlDocument } from '../reporters/html/document.ts'
import { detailsOf, pageDataOf, pageTitle } from '../reporters/html/page-data.ts'
import { programName } from './program.ts'

/** So many bytes of logs are embedded; text of this size makes a page of about 15 MB. */
const embeddedBytes = 64 * 1024 * 1024

/** Where the files of a run are. */
export interface HtmlPlaces {
  /** Folder of the run. */
  folder: string
  historyFolder: string
}

/** Writes the HTML report: one file with all that it shows. @throws the operating system's error */
export async function writeHtml(
  path: string,
  report: RunReport,
  { folder, historyFolder }: HtmlPlaces,
): Promise<void> {
  const shelf = shelfOf(report, folder)
  const names = new Set(report.checks.map(({ name }) => name))
  const data = pageDataOf(report, {
    history: readHistory(historyFolder, (check) => names.has(check)).records,
    logs: (check) => shelf.logs.get(check) ?? [],
    program: programName(),
  })
  const page = {
    asset: readPageAsset(dirname(fileURLToPath(import.meta.url))),
    title: pageTitle(report),
    data,
    details: detailsOfAll(report, folder),
    logs: shelf.excerpts.map(logPieces),
  }
  await writeStreamAtomically(path, htmlDocument(page))
}

function* detailsOfAll({ checks }: RunReport, folder: string) {
  for (const check of checks) yield detailsOf(check, attachmentsOf(check, folder))
}

function attachmentsOf({ folder: attempt, attachments }: CheckReport, folder: string): Attachment[] {
  return attachments.map((name) => {
    const file = attempt === null ? null : attachedFile(folder, attempt, name)
    return { name, href: file?.href ?? null, isImage: file !== null && isPng(file.path) }
  })
}

/** All logs of a run, and what is embedded of them. */
interface Shelf {
  logs: Map<CheckReport, AttemptLog[]>
  /** In the order of their numbers. */
  excerpts: LogExcerpt[]
}

function shelfOf({ checks }: RunReport, folder: string): Shelf {
  const found = checks.flatMap((check) =>
    attemptsOf(check).map((attempt) => ({
      check,
      attempt,
      file: attempt.folder === null ? null : runFile(folder, join(attempt.folder, 'driver.log')),
    })),
  )
  const allowances = allowancesFor(
    found.map(({ attempt, file }) => ({ bytes: file?.bytes ?? 0, isWanted: attempt.outcome !== 'passed' })),
    embeddedBytes,
  )
  const shelf: Shelf = { logs: new Map(), excerpts: [] }
  for (const [at, { check, attempt, file }] of found.entries()) {
    const allowance = allowances[at] ?? 0
    const isEmbedded = file !== null && allowance > 0
    const log: AttemptLog = {
      attempt: attempt.attempt,
      outcome: attempt.outcome,
      why: attempt.failure && messageOf(attempt.failure, attempt.symptoms),
      seconds: attempt.seconds,
      href: file?.href ?? null,
      bytes: file?.bytes ?? 0,
      embedded: isEmbedded ? shelf.excerpts.length : null,
    }
    shelf.logs.set(check, [...(shelf.logs.get(check) ?? []), log])
    if (isEmbedded) {
      shelf.excerpts.push({ path: file.path, bytes: file.bytes, allowance, around: attempt.around })
    }
  }
  return shelf
}

/** Oldest first; of earlier ones the report keeps neither assertions nor symptoms. */
function attemptsOf(check: CheckReport) {
  const { attempts, outcome, seconds, folder, failure, symptoms, assertions, earlier } = check
  const cause = failure?.assertion ?? null
  const last = {
    attempt: attempts,
    outcome,
    seconds,
    folder,
    failure,
    symptoms,
    around: assertions[cause ?? -1]?.line ?? null,
  }
  const isAttempted = attempts > earlier.length
  return [...earlier.map((one) => ({ ...one, symptoms: [], around: null })), ...(isAttempted ? [last] : [])]
}
