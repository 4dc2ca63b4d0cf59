import type { Assertion } from '../../model/assertion.ts'
import { type HistoryRecord, seriesOf } from '../../model/history.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { CheckReport, RunReport } from '../../model/report.ts'
import type {
  Attachment,
  AttemptLog,
  CheckDetails,
  CheckSummary,
  PageData,
  SeriesHistory,
  Standing,
  Tallies,
} from '../../page/data.ts'
import { failedAssertion, messageOf } from '../failure-lines.ts'
import { rerunCommand } from '../rerun.ts'
import { checkTitle, countChecks, tallyOf } from '../wording.ts'
import { endingOf } from './ending.ts'
import { historyOf, ownRuns } from './history.ts'
import { standingOf } from './standing.ts'

/** What the run's folder and its surroundings say beside the report. */
export interface PageContext {
  /** Records of any time; what is not older than the run is passed over. */
  history: readonly HistoryRecord[]
  /** Of each check, one for each attempt that has a folder. */
  logs: (check: CheckReport) => AttemptLog[]
  /** How vmproof is started here. */
  program: string
}

/** What the page knows from the start. */
export function pageDataOf(report: RunReport, context: PageContext): PageData {
  const history = historyOf(report, context.history)
  const standings = standingsOf(report, history)
  return {
    run: report.run,
    ending: endingOf(report.run),
    checks: report.checks.map((check) => ({
      ...summaryOf(report, check, context),
      standing: standings(check),
    })),
    sweep: report.sweep ?? null,
    history,
  }
}

/** Not of a search: that checks fail is its answer, and no news. */
function standingsOf({ run }: RunReport, history: SeriesHistory[]): (check: CheckReport) => Standing | null {
  if (run.sweep?.type === 'search') return () => null
  const own = ownRuns(run)
  const points = new Map(history.map((series) => [seriesOf(series), series.points]))
  return ({ name, profile, outcome }) =>
    standingOf(outcome, points.get(seriesOf({ check: name ?? '', profile })) ?? [], own)
}

/** `4 checks: 2 failed, 2 passed · 20261120T115655430Z-d9ff` */
export function pageTitle({ run, checks }: RunReport): string {
  return `${countChecks(checks)} · ${run.id}`
}

function summaryOf(
  report: RunReport,
  check: CheckReport,
  context: PageContext,
): Omit<CheckSummary, 'standing'> {
  const {
    assertions,
    consoles: _c,
    details: _d,
    diagnosis: _g,
    symptoms: _s,
    attachments: _a,
    metrics: _m,
    ...rest
  } = check
  const failed = failedAssertion(assertions, check.failure)
  return {
    ...rest,
    title: checkTitle(check),
    tallies: talliesOf(check),
    why: whyOf(check, failed),
    failedAssertion: failed && {
      kind: failed.kind,
      node: failed.node,
      phase: failed.phase,
      path: failed.path,
      text: failed.text,
    },
    again: rerunCommand(report.run, check, context.program),
    logs: context.logs(check),
  }
}

function whyOf({ failure, outcome, symptoms }: CheckReport, failed: Assertion | null): string | null {
  const told = failure ? messageOf(failure, symptoms) : ''
  return told || failed?.message || (withoutMessage[outcome] ?? null)
}

/** What there is to say when nobody left a message. */
const withoutMessage: Partial<Record<Outcome, string>> = {
  failed: 'it failed without a message',
  errored: 'the infrastructure broke without a message',
  'timed-out': 'it ran out of time',
  interrupted: 'it was interrupted before it ended',
  unknown: 'nothing tells how it ended',
}

function talliesOf({ assertions }: CheckReport): Tallies {
  const tallies: Tallies = { passed: 0, failed: 0, errored: 0, unfinished: 0, caught: 0 }
  for (const assertion of assertions) tallies[tallyOf(assertion)]++
  return tallies
}

/** What the view of one check shows beside its summary. */
export function detailsOf(check: CheckReport, attachments: Attachment[]): CheckDetails {
  const { assertions, consoles, details, diagnosis, symptoms, metrics } = check
  return { assertions, consoles, details, diagnosis, symptoms, metrics, attachments }
}
