import { useMemo } from 'preact/hooks'
import { formatSeconds } from '../../model/units.ts'
import type { CheckDetails, CheckSummary, PageData } from '../data.ts'
import { readDetails } from '../embedded.ts'
import { hrefOf } from '../routes.ts'
import { Badges } from '../run/check-row.tsx'
import { CopyButton } from '../shared/copy-button.tsx'
import { OutcomeMark } from '../shared/outcome.tsx'
import { useComplete } from '../shared/use-complete.ts'
import { executionText, formatTime, isTrouble, standingText } from '../shared/words.ts'
import { Attachments, Metrics, Notes, Symptoms } from './appendix.tsx'
import { Attempts } from './attempts.tsx'
import { FailureSection } from './failure-section.tsx'
import { Past } from './past.tsx'
import { TreeSection } from './tree-section.tsx'

/** All about one check, why it did not pass first. @param n its place in the report */
export function CheckView({ data, n }: { data: PageData; n: number }) {
  const complete = useComplete()
  const details = useMemo(() => (complete ? readDetails(n) : null), [complete, n])
  const check = data.checks[n] as CheckSummary
  return (
    <article class="check">
      <Neighbours data={data} n={n} />
      <h1 tabIndex={-1}>
        <OutcomeMark outcome={check.outcome} /> {check.title} <Badges check={check} />
      </h1>
      <p class="soft facts-line">{factsOf(check).join(' · ')}</p>
      {check.quarantine && (
        <p>
          Known failure, followed up at <b>{check.quarantine.tracker}</b>; it fails no run until{' '}
          {check.quarantine.until}.
        </p>
      )}
      {check.reason && <p>Not run: {check.reason}</p>}
      {details ? <Content data={data} n={n} details={details} /> : <p class="empty">Reading…</p>}
    </article>
  )
}

function Content({ data, n, details }: { data: PageData; n: number; details: CheckDetails }) {
  const check = data.checks[n] as CheckSummary
  const failed = check.failure !== null || isTrouble(check)
  return (
    <>
      {failed && <FailureSection data={data} n={n} details={details} />}
      <Again command={check.again} />
      <TreeSection data={data} n={n} details={details} />
      <Metrics details={details} />
      {!failed && <Symptoms data={data} n={n} details={details} />}
      <Attachments details={details} />
      <Attempts data={data} n={n} />
      <Past data={data} n={n} />
      <Notes check={check} />
    </>
  )
}

function factsOf(check: CheckSummary): string[] {
  const { outcome, accelerator, profile, seconds, kind, system, startedAt, attempts, tags, standing } = check
  return [
    outcome === 'timed-out' ? 'timed out' : outcome,
    ...(standing ? [standingText(standing)] : []),
    executionText(check),
    ...(accelerator ? [`under ${accelerator}`] : []),
    ...(profile ? [`profile ${profile}`] : []),
    ...(seconds === null ? [] : [formatSeconds(seconds)]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...[kind, system].filter((one) => one !== null),
    ...(startedAt ? [formatTime(startedAt)] : []),
    ...(tags.length > 0 ? [`tags ${tags.join(', ')}`] : []),
  ]
}

/** The way back, and to the checks beside it that are in trouble. */
function Neighbours({ data, n }: { data: PageData; n: number }) {
  const troubled = data.checks.flatMap((check, at) => (isTrouble(check) ? [at] : []))
  const before = troubled.findLast((at) => at < n)
  const after = troubled.find((at) => at > n)
  const link = (check: number, words: string, mark: string) => (
    <a href={hrefOf({ view: 'check', check }, data.checks)} title={data.checks[check]?.title}>
      {words} <span aria-hidden="true">{mark}</span>
    </a>
  )
  return (
    <nav class="crumbs" aria-label="Checks">
      <a href={hrefOf({ view: 'run', tab: 'checks' }, data.checks)}>
        <span aria-hidden="true">‹</span> All checks
      </a>
      <span class="spring" />
      {before !== undefined && link(before, 'Previous failure', '↑')}
      {after !== undefined && link(after, 'Next failure', '↓')}
    </nav>
  )
}

function Again({ command }: { command: string }) {
  return (
    <section class="again" aria-label="Run it again">
      <span class="soft">Run it again</span> <code class="command">{command}</code>{' '}
      <CopyButton text={command} what="the command that runs it again" />
    </section>
  )
}
