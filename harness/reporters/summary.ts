import { posix } from 'node:path'
import type { CheckReport, EarlierAttempt, RunReport } from '../model/report.ts'
import { formatSeconds } from '../model/units.ts'
import { type FailureStory, failureLines, storyOf } from './failure-lines.ts'
import { rerunAllCommand, rerunCommand, resumeCommand } from './rerun.ts'
import { inertLine, oneLine } from './safe-text.ts'
import { createStyle, outcomeLooks, type Style } from './style.ts'
import { sweepLines } from './sweep-text.ts'
import { tells, type Verbosity } from './verbosity.ts'
import { checkTitle, countAssertions, countChecks, howItRan, quarantineText, tallyOf } from './wording.ts'

/** What a summary is written for. */
export interface SummaryOptions {
  color: boolean
  /** Folder of the run, as a person would type it. */
  folder: string
  /** Files in it that were written, such as `junit.xml`. */
  reports: string[]
  /** Columns of the terminal; Infinity, the default, when the output is not one. */
  width?: number
  /** How vmproof is started here, for command lines to copy. */
  program?: string
  /** Default: `normal`. */
  verbosity?: Verbosity
  /** No run was begun after this one: what failed in it can be asked for as a whole. */
  isNewest?: boolean
  /** A text that opens a file of this path, as a person would type it, when it is clicked. */
  link?(text: string, path: string): string
}

interface Page {
  options: SummaryOptions
  style: Style
  /** What can be attempted again. */
  again: CheckReport[]
}

const failureSize = { output: 40, console: 15 }

/** The end of a run: each check that did not pass with its failure and what to do next, then the counts. */
export function formatSummary(report: RunReport, options: SummaryOptions): string {
  const style = createStyle(options.color)
  const wrong = report.checks.filter((check) => wentWrong(check) && !isAnswer(report, check))
  const again = wrong.filter(({ outcome }) => outcome !== 'interrupted' || !canGoOn(report))
  const page = { options, style, again }
  const blocks = [
    ...wrong.map((check) => failedBlock(report, check, page)),
    tells(options.verbosity ?? 'normal', 'normal') ? skippedBlock(report.checks, style) : [],
    isSearch(report) ? [] : flakyBlock(report.checks, style),
    report.sweep ? sweepLines(report.sweep, options.width ?? Number.POSITIVE_INFINITY, style) : [],
    closingBlock(report, page),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `\n${lines.map(inertLine).join('\n')}\n`)
    .join('')
}

function wentWrong({ outcome }: CheckReport): boolean {
  return outcome !== 'passed' && outcome !== 'skipped'
}

/** A run of several machines was none of here. */
function canGoOn({ run }: RunReport): boolean {
  return (run.interrupted || run.endedAt === null) && run.mergedFrom === undefined
}

function isSearch({ run }: RunReport): boolean {
  return run.sweep?.type === 'search'
}

/** A search wants to know where a check fails: that it does is no trouble. */
function isAnswer(report: RunReport, { outcome }: CheckReport): boolean {
  return isSearch(report) && (outcome === 'failed' || outcome === 'timed-out')
}

function failedBlock(report: RunReport, check: CheckReport, { options, style, again }: Page): string[] {
  const { width = Number.POSITIVE_INFINITY } = options
  const look = outcomeLooks[check.outcome]
  const facts = [
    look.words,
    ...quarantineText(check),
    ...howItRan(check),
    ...countAssertions(check.assertions.map(tallyOf)),
  ]
  // Of a merged report they lie beside it.
  const path = posix.normalize(`${options.folder}/${check.folder}/driver.log`)
  const log = check.folder === null ? [] : [`log    ${file(path, options)}`]
  // The only one is told at the end.
  const isOneOfMany = again.length > 1 && again.includes(check)
  return [
    `${style[check.quarantine ? 'warn' : look.tone](`${look.mark} ${checkTitle(check)}`)}  ${facts.join(' · ')}`,
    ...[
      ...failureLines(storyFor(check), { ...failureSize, width: width - 2, style }),
      ...log,
      ...(isOneOfMany ? [`again  ${oneLine(rerunCommand(report.run, check, options.program))}`] : []),
    ].map((line) => `  ${line}`),
  ]
}

/** One line per reason: on a host without KVM dozens of checks share it. */
function skippedBlock(checks: CheckReport[], style: Style): string[] {
  const names = new Map<string, string[]>()
  for (const check of checks.filter(({ outcome }) => outcome === 'skipped')) {
    const reason = oneLine(check.reason ?? '') || 'no reason given'
    names.set(reason, [...(names.get(reason) ?? []), checkTitle(check)])
  }
  return [...names].map(([reason, titles]) => `${style.warn('- skipped')}  ${titles.join(', ')}: ${reason}`)
}

/** What passed only when it was attempted again; what the infrastructure had broken is not the check's mood. */
function flakyBlock(checks: CheckReport[], style: Style): string[] {
  return checks
    .filter(({ flaky, outcome, earlier }) => flaky || (outcome === 'passed' && earlier.some(wasBroken)))
    .map((check) => {
      const said = check.earlier.map(
        (one) =>
          `attempt ${one.attempt} ${outcomeLooks[one.outcome].words}: ${oneLine(one.failure?.message ?? '')}`,
      )
      const mark = style.warn(check.flaky ? '~ flaky  ' : '~ retried')
      return `${mark}  ${checkTitle(check)} passed at last; ${said.join('; ')}`
    })
}

function wasBroken({ outcome }: EarlierAttempt): boolean {
  return outcome === 'errored'
}

/** Who stopped a check knows why: what its consoles said last is in its log. */
function storyFor(check: CheckReport): FailureStory {
  const story = storyOf(check)
  return check.outcome === 'interrupted' ? { ...story, consoles: [] } : story
}

/** A path that can be clicked. */
function file(path: string, { link }: Pick<SummaryOptions, 'link'>): string {
  const text = oneLine(path)
  return link ? link(text, path) : text
}

function closingBlock(report: RunReport, { options, style, again }: Page): string[] {
  const { run, checks } = report
  const assertions = checks.filter(({ attempts }) => attempts > 0).flatMap((check) => check.assertions)
  const time = run.seconds === null ? [] : [formatSeconds(run.seconds)]
  const isTrouble = (check: CheckReport) =>
    wentWrong(check) && check.quarantine === null && !isAnswer(report, check)
  const tone = checks.some(isTrouble) ? 'bad' : 'good'
  const counts = [countChecks(checks), ...countAssertions(assertions.map(tallyOf)), ...time]
  return [
    style[tone](counts.join(' · ')),
    ...(run.interrupted ? [style.warn('interrupted: what ran until then is reported')] : []),
    ...reportLines(options),
    ...(canGoOn(report) ? [`resume  ${oneLine(resumeCommand(run, options.program))}`] : []),
    ...(again.length > 0 ? [`again   ${oneLine(rerunAllCommand(report, again, options))}`] : []),
  ]
}

const mainReport = 'index.html'

/** The one for people in full, the others by name. */
function reportLines(options: SummaryOptions): string[] {
  const [first, ...others] = [...options.reports].sort(
    (a, b) => Number(b === mainReport) - Number(a === mainReport),
  )
  if (first === undefined) return []
  const also = others.length > 0 ? ` (also ${others.map(oneLine).join(', ')})` : ''
  return [`report  ${file(`${options.folder}/${first}`, options)}${also}`]
}
