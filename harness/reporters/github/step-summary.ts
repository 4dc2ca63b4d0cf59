import { exitCodes } from '../../model/exit-code.ts'
import type { CheckReport, RunReport } from '../../model/report.ts'
import { formatSeconds } from '../../model/units.ts'
import { type FailurePage, failureLines, storyOf } from '../failure-lines.ts'
import { endingOf } from '../html/ending.ts'
import { rerunCommand } from '../rerun.ts'
import { oneLine } from '../safe-text.ts'
import { createStyle, outcomeLooks } from '../style.ts'
import { sweepLines } from '../sweep-text.ts'
import { checkTitle, countAssertions, countChecks, quarantineText, tallyOf, whoAndWhat } from '../wording.ts'
import { bytesOf, type Cell, codeBlock, codeSpan, fitting, htmlTable } from './markdown.ts'

/** What a summary is written for. */
export interface StepSummaryOptions {
  /** How many bytes it may take: GitHub drops a summary of more than 1 MiB whole. */
  bytes: number
  /** Folder of the run, as a person would type it. */
  folder: string
  /** How vmproof is started here, for command lines to copy. */
  program?: string
}

const style = createStyle(false)
const page: FailurePage = { style, output: 40, console: 15, width: Number.POSITIVE_INFINITY }
/** Of each section, in parts of the whole; they are less than one together. */
const shares = { failures: 0.55, checks: 0.15, sweep: 0.1, slowest: 0.03, flaky: 0.05, skipped: 0.05 }
const mostOfAFailure = 24 * 1024
const mostSlow = 10

/** The run as Markdown for the page of a job: what went wrong first and in full. Ends with a newline. */
export function formatStepSummary(report: RunReport, options: StepSummaryOptions): string {
  const room = (share: number) => Math.floor(options.bytes * share)
  const sections = [
    headLines(report),
    failureSection(report, options, room(shares.failures)),
    checksSection(report.checks, room(shares.checks)),
    sweepSection(report, room(shares.sweep)),
    slowestSection(report.checks, room(shares.slowest)),
    flakySection(report.checks, room(shares.flaky)),
    skippedSection(report.checks, room(shares.skipped)),
    [`All of it is in ${codeSpan(options.folder)}.`],
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

function headLines(report: RunReport): string[] {
  const { run, checks } = report
  const isGood = isAllWell(report)
  const tallies = checks
    .filter(({ attempts }) => attempts > 0)
    .flatMap((check) => check.assertions.map(tallyOf))
  const time = run.seconds === null ? [] : [formatSeconds(run.seconds)]
  return [
    `## ${isGood ? '✅' : '❌'} ${countChecks(checks)}`,
    '',
    [...countAssertions(tallies), ...time].join(' · '),
    // Nothing of it stands below as a failure.
    ...(isGood || checks.some(isTrouble) ? [] : ['', `**${endingOf(run)}**`]),
    ...(run.interrupted ? ['', '**Interrupted**: what ran until then is reported.'] : []),
  ]
}

/** As the job ends: what was not executed although it should have been is nobody's failure, and not well. */
function isAllWell({ run, checks }: RunReport): boolean {
  if (run.exitCode !== null) return run.exitCode === exitCodes.passed
  return checks.every((check) => !isTrouble(check) || check.quarantine)
}

function isTrouble({ outcome }: CheckReport): boolean {
  return outcome !== 'passed' && outcome !== 'skipped'
}

/** Those that fail the run come first; a search for a threshold wants to know where a check fails. */
function failureSection(report: RunReport, options: StepSummaryOptions, bytes: number): string[] {
  const isSearch = report.run.sweep?.type === 'search'
  const wrong = report.checks.filter(
    (check) =>
      isTrouble(check) && !(isSearch && (check.outcome === 'failed' || check.outcome === 'timed-out')),
  )
  const sorted = [...wrong.filter((check) => !check.quarantine), ...wrong.filter((check) => check.quarantine)]
  const lines: string[] = []
  let room = bytes
  for (const [at, check] of sorted.entries()) {
    const block = failureBlock(check, report, options)
    room -= bytesOf(block.join('\n')) + 1
    if (room < 0) return [...lines, `${sorted.length - at} more are in the reports.`]
    lines.push(...block, '')
  }
  return lines
}

function failureBlock(check: CheckReport, { run }: RunReport, options: StepSummaryOptions): string[] {
  const look = outcomeLooks[check.outcome]
  const { kept, left } = fitting(failureLines(storyOf(check), page), mostOfAFailure)
  const log =
    check.folder === null ? '' : `, log in ${codeSpan(`${options.folder}/${check.folder}/driver.log`)}`
  return [
    `### ${look.mark} ${codeSpan(checkTitle(check))} ${look.words}`,
    '',
    ...quarantineText(check).flatMap((text) => [codeSpan(text), '']),
    ...codeBlock([...kept, ...(left > 0 ? [`… ${left} more ${left === 1 ? 'line' : 'lines'}`] : [])]),
    '',
    `again: ${codeSpan(rerunCommand(run, check, options.program))}${log}`,
  ]
}

function checksSection(checks: CheckReport[], bytes: number): string[] {
  const sorted = [...checks.filter(isTrouble), ...checks.filter((check) => !isTrouble(check))]
  return tableSection('Checks', ['', 'Check', 'Outcome', 'Execution', 'Time', 'Assertions'], {
    rows: sorted.map((check) => [
      outcomeLooks[check.outcome].mark,
      { code: checkTitle(check) },
      outcomeLooks[check.outcome].words + (check.quarantine ? ', quarantined' : ''),
      { code: [check.execution, check.accelerator ?? ''].filter(Boolean).join(', ') },
      check.seconds === null ? '' : formatSeconds(check.seconds),
      check.attempts === 0 ? '' : countAssertions(check.assertions.map(tallyOf)).join(''),
    ]),
    bytes,
  })
}

/** A heading and a table of so many of its rows as fit; nothing without rows. */
function tableSection(
  title: string,
  header: string[],
  { rows, bytes }: { rows: Cell[][]; bytes: number },
): string[] {
  if (rows.length === 0) return []
  const [open = '', head = '', ...rest] = htmlTable(header, rows)
  const { kept, left } = fitting(rest.slice(0, -1), bytes)
  const more = left === 0 ? [] : ['', `${left} more are in the reports.`]
  return [`### ${title}`, '', open, head, ...kept, '</table>', ...more]
}

function sweepSection({ sweep }: RunReport, bytes: number): string[] {
  if (!sweep) return []
  const { kept, left } = fitting(sweepLines(sweep, Number.POSITIVE_INFINITY, style), bytes)
  return ['### Sweep', '', ...codeBlock([...kept, ...(left > 0 ? [`… ${left} more lines`] : [])])]
}

function slowestSection(checks: CheckReport[], bytes: number): string[] {
  const slow = checks
    .flatMap((check) =>
      check.assertions
        .filter(({ kind, seconds }) => kind !== 'subtest' && seconds !== null && seconds >= 1)
        .map((assertion) => ({ check, assertion, seconds: assertion.seconds ?? 0 })),
    )
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, mostSlow)
  const rows = slow.map(({ check, assertion, seconds }): Cell[] => [
    formatSeconds(seconds),
    { code: checkTitle(check) },
    { code: clipped(`${whoAndWhat(assertion)} ${oneLine(assertion.text)}`.trim()) },
  ])
  return tableSection('Slowest assertions', ['Time', 'Check', 'Assertion'], { rows, bytes })
}

function flakySection(checks: CheckReport[], bytes: number): string[] {
  const rows = checks
    .filter(({ flaky }) => flaky)
    .map((check): Cell[] => [
      { code: checkTitle(check) },
      {
        code: clipped(
          check.earlier
            .map(
              (one) =>
                `attempt ${one.attempt} ${outcomeLooks[one.outcome].words}: ${one.failure?.message ?? ''}`,
            )
            .join('; '),
        ),
      },
    ])
  return tableSection('Flaky: passed at last', ['Check', 'Before'], { rows, bytes })
}

/** One row for each reason: on a runner without KVM dozens of checks share it. */
function skippedSection(checks: CheckReport[], bytes: number): string[] {
  const names = new Map<string, string[]>()
  for (const check of checks.filter(({ outcome }) => outcome === 'skipped')) {
    const reason = oneLine(check.reason ?? '') || 'no reason given'
    names.set(reason, [...(names.get(reason) ?? []), checkTitle(check)])
  }
  const rows = [...names].map(([reason, titles]): Cell[] => [
    { code: clipped(reason) },
    String(titles.length),
    { code: clipped(titles.join(', ')) },
  ])
  return tableSection('Skipped', ['Reason', '', 'Checks'], { rows, bytes })
}

/** A cell is for reading at a glance. */
function clipped(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 299).replace(/[\ud800-\udbff]$/, '')}…`
}
