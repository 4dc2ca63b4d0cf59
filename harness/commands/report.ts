import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { wordsFor } from '../filesystem/errors.ts'
import { journalName } from '../filesystem/journal.ts'
import { hasHead, readRun } from '../filesystem/read-run.ts'
import { findRun, listRuns, type RunFolder } from '../filesystem/run-folder.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { RunReport } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { targetOf } from '../plan/targets.ts'
import { makeFolders } from '../process/make-folders.ts'
import { runJsonPieces } from '../reporters/json.ts'
import { junitDocument } from '../reporters/junit.ts'
import { formatTree } from '../reporters/tree.ts'
import { tells, type Verbosity } from '../reporters/verbosity.ts'
import type { ExpectedCheck } from '../state/expected-gaps.ts'
import { toFinalReport } from '../state/reduce.ts'
import type { ReportArguments } from './arguments.ts'
import { tellCi } from './ci-reports.ts'
import { combined, type RebuiltRun } from './combined-run.ts'
import { openConfig } from './configuration.ts'
import { historyFolder } from './history-folder.ts'
import { keepRecords, recordsOf } from './kept-history.ts'
import { type People, people } from './people.ts'
import { junitOptions, type Publication, printSummary, publishReports } from './publish.ts'
import { runExitCode } from './run-exit-code.ts'
import { runsFolder, wantedGranularity, wantedReports } from './settings.ts'
import { shownPath } from './shown-path.ts'
import { withSweep } from './sweep-report.ts'
import { refuseContradiction, verbosityOf } from './verbosity.ts'

/** Rebuilds the reports of runs from their journals; several runs become one, in a folder of its own. */
export async function report(args: ReportArguments): Promise<ExitCode> {
  refuseContradiction(args)
  const audience = people(false)
  const verbosity = verbosityOf(args)
  const loaded = await openConfig(args)
  const kinds = wantedReports(args, loaded)
  const out = runsFolder(args, loaded)
  const history = historyFolder({ out }, loaded.config)
  const runs = await rebuiltRuns(args, out, audience)
  if (args.keepHistory)
    keepRecords(
      runs.flatMap(({ records }) => records),
      history,
      audience,
    )
  const { folder, report: rebuilt } = combined(runs, {
    out,
    to: args.to,
    expected: (args.expect ?? []).map(expectedOf),
  })
  const report = await withSweep(rebuilt, { out, historyFolder: history, warn: audience.warn })
  const junitGranularity = wantedGranularity(args, loaded)
  const publication = { folder: folder.path, kinds, historyFolder: history, junitGranularity }
  if (args.format) printed(report, args.format, { publication, audience })
  else await publish(report, publication, { audience, verbosity })
  if (!args.exitCode) return exitCodes.passed
  return (report.run.exitCode as ExitCode | null) ?? runExitCode(report, report.run)
}

/** Each run once. @throws UserError when one cannot be read, or none where it will be missed by what is expected */
async function rebuiltRuns(
  { runs: named, expect }: ReportArguments,
  out: string,
  audience: People,
): Promise<RebuiltRun[]> {
  const runs = new Map<string, RebuiltRun>()
  const unreadable: UserError[] = []
  for (const folder of foldersOf(named, out)) {
    try {
      const run = await rebuild(folder, audience)
      const known = runs.get(run.report.run.id)
      if (!known || isLater(run, known)) runs.set(run.report.run.id, run)
    } catch (error) {
      if (!(error instanceof UserError) || !expect?.length) throw error
      unreadable.push(error)
    }
  }
  const [first] = unreadable
  if (first && runs.size === 0) throw first
  for (const { message } of unreadable) audience.warn(`${message}; it is left out`)
  return [...runs.values()]
}

/** A word as `run` takes it, for one check under one profile. */
function expectedOf(word: string): ExpectedCheck {
  const { check, profile } = targetOf(word)
  return { name: check, profile }
}

/** A run may have been copied before it went on: the copy that knows more of it counts. */
function isLater({ report: { run } }: RebuiltRun, { report: { run: other } }: RebuiltRun): boolean {
  const resumed = (run.resumptions?.length ?? 0) - (other.resumptions?.length ?? 0)
  return resumed > 0 || (resumed === 0 && run.endedAt !== null && other.endedAt === null)
}

/** Each folder once, however often and by whatever name it was given. */
function foldersOf(runs: string[] | undefined, out: string): RunFolder[] {
  // yargs leaves an optional list out when it is empty.
  const named = runs?.length ? runs : [newestRun(out)]
  const folders = named.map((run) => findRun(out, basename(run) === journalName ? dirname(run) : run))
  return [...new Map(folders.map((folder) => [folder.path, folder])).values()]
}

/** A run that was killed early may have left no link. */
function newestRun(out: string): string {
  return existsSync(join(out, 'latest')) ? 'latest' : (listRuns(out)[0] ?? 'latest')
}

async function rebuild(folder: RunFolder, { warn }: People): Promise<RebuiltRun> {
  const journal = join(folder.path, journalName)
  const state = await readRun(folder.path)
  const headless = !hasHead(state)
  if (headless && state.instances.size === 0) {
    throw new UserError(`${shownPath(journal)}: holds no events of a run`, [
      'it is empty, or not a journal of vmproof',
    ])
  }
  const { run, checks } = toFinalReport(state)
  if (headless) warn(`${shownPath(journal)}: its head is lost; host and options are unknown`)
  if (run.endedAt === null) {
    warn(`${shownPath(journal)}: has no end, the run was cut off; what it had measured is reported`)
  }
  const report = { schema: 1 as const, run: headless ? { ...run, id: folder.id } : run, checks }
  return { folder, report, records: headless ? [] : recordsOf(state) }
}

function printed(
  report: RunReport,
  format: NonNullable<ReportArguments['format']>,
  { publication, audience }: { publication: Publication; audience: People },
): void {
  switch (format) {
    case 'json':
      for (const piece of runJsonPieces(report)) audience.write(piece)
      return
    case 'junit': {
      const { pieces, remarks } = junitDocument(report, junitOptions(publication))
      for (const piece of pieces) audience.write(piece)
      for (const remark of remarks) audience.warn(`--format junit: ${remark}`)
      return
    }
    case 'tree':
      printTree(report, audience)
  }
}

function printTree({ checks }: RunReport, { write, color, width }: People): void {
  write(formatTree(checks, { color, width: width() }))
}

/** Writes the files and tells a person what the run was. @throws UserError when the folder cannot be written to */
async function publish(
  report: RunReport,
  publication: Publication,
  { audience, verbosity }: { audience: People; verbosity: Verbosity },
): Promise<void> {
  const { folder } = publication
  const unwritable = (why: string) =>
    new UserError(why, ['--format junit prints one instead'], exitCodes.infrastructure)
  try {
    makeFolders(folder)
  } catch (error) {
    throw unwritable(`${shownPath(folder)}: cannot write the reports there, ${wordsFor(error)}`)
  }
  const { written, problems, remarks } = await publishReports(report, publication)
  if (tells(verbosity, 'assertions')) printTree(report, audience)
  printSummary(report, { folder, written, verbosity, isNewest: false }, audience)
  for (const remark of remarks) audience.warn(remark)
  await tellCi(report, publication, audience)
  if (problems.length > 0) throw unwritable(problems.join('\n'))
}
