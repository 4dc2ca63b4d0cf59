import { appendFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { detectCi } from '../ci/detect.ts'
import { wordsFor } from '../filesystem/errors.ts'
import type { RunReport } from '../model/report.ts'
import { writeAtomically } from '../process/atomic-file.ts'
import { annotationCommands } from '../reporters/github/annotations.ts'
import { formatOutputs } from '../reporters/github/outputs.ts'
import { formatStepSummary } from '../reporters/github/step-summary.ts'
import type { People } from './people.ts'
import { programName } from './program.ts'
import type { Publication } from './publish.ts'
import { shownPath } from './shown-path.ts'

const kibibyte = 1024
/** GitHub drops a summary that is larger than a MiB as a whole; other programs may write to the same file. */
const summaryBytes = { most: 900 * kibibyte, ofFile: 1000 * kibibyte, worthwhile: 8 * kibibyte }

/** In a run's folder, where GitHub has no place for it. */
const summaryName = 'github-summary.md'

/** Annotations in the log, a summary for the job's page, and outputs for later steps. */
export function tellGithub(report: RunReport, { folder }: Publication, audience: People): void {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = process.env
  // The runs that were merged had jobs of their own, which show theirs; what was lost has nobody else to tell of it.
  const checks = report.run.mergedFrom ? report.checks.filter(({ skip }) => skip === 'lost') : report.checks
  audience.command(
    annotationCommands({ ...report, checks }, detectCi(process.env)?.projectFolder ?? process.cwd()),
  )
  const text = (bytes: number) =>
    formatStepSummary(report, { bytes, folder: shownPath(folder), program: programName() })
  if (summary) tryTo('write the summary of this step', audience, () => appendSummary(summary, text, audience))
  else keepSummary(join(folder, summaryName), text(summaryBytes.most), audience)
  if (!outputs) return
  tryTo('write the outputs of this step', audience, () =>
    appendFileSync(outputs, formatOutputs(report, shownPath(folder))),
  )
}

function appendSummary(file: string, text: (bytes: number) => string, { warn }: People): void {
  const room = summaryBytes.ofFile - sizeOf(file)
  if (room >= summaryBytes.worthwhile) appendFileSync(file, text(Math.min(room, summaryBytes.most)))
  else warn('report github: the summary of this step is full already, nothing is added to it')
}

function keepSummary(file: string, text: string, audience: People): void {
  tryTo(`write ${shownPath(file)}`, audience, () => {
    writeAtomically(file, text)
    audience.warn(`report github: GITHUB_STEP_SUMMARY is not set, so the summary is ${shownPath(file)}`)
  })
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function tryTo(what: string, { warn }: People, work: () => void): void {
  try {
    work()
  } catch (error) {
    warn(`report github: cannot ${what}: ${wordsFor(error)}`)
  }
}
