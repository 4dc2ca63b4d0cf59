import type { CheckReport, RunReport } from '../../model/report.ts'
import { type FailurePage, failureLines, messageOf, storyOf } from '../failure-lines.ts'
import { oneLine } from '../safe-text.ts'
import { placeOfFailure } from '../script-place.ts'
import { createStyle, outcomeLooks } from '../style.ts'
import { checkTitle, quarantineText } from '../wording.ts'
import { type CommandProperties, workflowCommand } from './command.ts'

const levels = ['error', 'warning', 'notice'] as const

interface Annotation {
  level: (typeof levels)[number]
  title: string
  lines: string[]
  /** null: nothing can be pointed at. */
  check: CheckReport | null
}

// GitHub keeps so many of each level for a step, and cuts messages there (actions/runner, ExecutionContext).
const mostOfALevel = 10
const longestMessage = 4096
const longestTitle = 255

const page: FailurePage = {
  style: createStyle(false),
  output: 8,
  console: 4,
  width: Number.POSITIVE_INFINITY,
}

/**
 * What GitHub shows on top of the run and beside the code, as workflow commands; of each level as many as it keeps, the
 * most useful first. What went wrong is an error, what is flaky a warning, what is in quarantine a notice.
 * @param workspace folder of the checkout, which paths are relative to; null: nobody knows
 */
export function annotationCommands(report: RunReport, workspace: string | null): string {
  const all = report.checks
    .flatMap((check) => annotationOf(check, report))
    .sort((a, b) => usefulness(a) - usefulness(b))
  return levels
    .flatMap((level) => bounded(all.filter((one) => one.level === level)))
    .map(({ level, title, lines, check }) => {
      const place = check && workspace !== null ? placeIn(check, workspace) : {}
      return workflowCommand(level, cut(lines.join('\n'), longestMessage), {
        ...place,
        title: cut(title, longestTitle),
      })
    })
    .join('')
}

function annotationOf(check: CheckReport, { run }: RunReport): Annotation[] {
  const { outcome, flaky, quarantine } = check
  const title = checkTitle(check)
  if (check.skip === 'lost') {
    return [{ level: 'error', title: `${title} was not executed`, lines: [check.reason ?? ''], check: null }]
  }
  if (flaky) return [{ level: 'warning', title: `${title} is flaky`, lines: earlierLines(check), check }]
  // A search for a threshold wants to know where a check fails.
  const isAnswer = run.sweep?.type === 'search' && (outcome === 'failed' || outcome === 'timed-out')
  // Who interrupted a run knows.
  const isSilent = outcome === 'passed' || outcome === 'skipped' || outcome === 'interrupted'
  if (isSilent || isAnswer) return []
  const told = messageLines(check)
  const ended = `${title} ${outcomeLooks[outcome].words}`
  return quarantine
    ? [{ level: 'notice', title: ended, lines: [...quarantineText(check), ...told], check }]
    : [{ level: 'error', title: ended, lines: told, check }]
}

/** What an author can mend comes before what the infrastructure broke. */
function usefulness({ check }: Annotation): number {
  const order = ['failed', 'timed-out', 'errored', 'unknown']
  const rank = order.indexOf(check?.outcome ?? '')
  return rank < 0 ? order.length : rank
}

function messageLines(check: CheckReport): string[] {
  const { failure, symptoms } = check
  const first = oneLine(failure ? messageOf(failure, symptoms) : '') || outcomeLooks[check.outcome].words
  const lines = failureLines(storyOf(check), page)
  return [first, ...lines.filter((line) => line !== first)]
}

function earlierLines({ earlier }: CheckReport): string[] {
  const said = earlier.map(({ attempt, outcome, failure }) => {
    const why = failure ? `: ${oneLine(failure.message)}` : ''
    return `attempt ${attempt} ${outcomeLooks[outcome].words}${why}`
  })
  return [...said, 'it passed at last']
}

/** The last one of too many tells of the rest. */
function bounded(annotations: Annotation[]): Annotation[] {
  if (annotations.length <= mostOfALevel) return annotations
  const rest = annotations.slice(mostOfALevel - 1)
  return [
    ...annotations.slice(0, mostOfALevel - 1),
    ...rest.slice(0, 1).map(({ level }) => ({
      level,
      title: `${rest.length} more`,
      lines: rest.map(({ title }) => title),
      check: null,
    })),
  ]
}

/** In UTF-16 code units, as the runner counts. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** Only what lies in the checkout can be pointed at. */
function placeIn(check: CheckReport, workspace: string): Pick<CommandProperties, 'file' | 'line'> {
  const place = placeOfFailure(check, workspace)
  if (place === null) return {}
  return { file: place.file, ...(place.line !== null && { line: place.line }) }
}
