import { useMemo, useState } from 'preact/hooks'
import { oneLine } from '../../reporters/safe-text.ts'
import type { AttemptLog, CheckSummary, PageData } from '../data.ts'
import { hrefOf } from '../routes.ts'
import { OutcomeMark } from '../shared/outcome.tsx'
import { formatBytes } from '../shared/words.ts'
import { LogLines } from './log-lines.tsx'
import type { LogQuery } from './log-search.ts'
import { LogToolbar } from './log-toolbar.tsx'
import { useFailureLine } from './use-failure-line.ts'
import { useGoal } from './use-goal.ts'
import { useHits } from './use-hits.ts'
import { useLog } from './use-log.ts'
import { useRows } from './use-rows.ts'

interface Props {
  data: PageData
  n: number
  attempt: number
  /** 1-based; null: where it failed. */
  line: number | null
}

/** The driver's log of an attempt. */
export function LogView({ data, n, attempt, line }: Props) {
  const check = data.checks[n] as CheckSummary
  const log = check.logs.find((one) => one.attempt === attempt)
  return (
    <article class="log-view">
      <nav class="crumbs" aria-label="Check and its attempts">
        <a href={hrefOf({ view: 'check', check: n }, data.checks)}>
          <span aria-hidden="true">‹</span> {check.title}
        </a>
        {check.logs.length > 1 &&
          check.logs.map((one) => (
            <a
              key={one.attempt}
              href={hrefOf({ view: 'log', check: n, attempt: one.attempt, line: null }, data.checks)}
              aria-current={one.attempt === attempt ? 'page' : undefined}
            >
              <OutcomeMark outcome={one.outcome} /> attempt {one.attempt}
            </a>
          ))}
        <span class="spring" />
        {log?.href && <a href={log.href}>driver.log, {formatBytes(log.bytes)}</a>}
      </nav>
      <h1 tabIndex={-1}>
        Log of {check.title}
        {check.logs.length > 1 && <span class="soft">, attempt {attempt}</span>}
      </h1>
      {!log && <p>There is no log of that attempt.</p>}
      {log && log.embedded === null && <NotEmbedded log={log} />}
      {log && log.embedded !== null && (
        <Viewer data={data} n={n} attempt={attempt} line={line} embedded={log.embedded} />
      )}
    </article>
  )
}

function NotEmbedded({ log }: { log: AttemptLog }) {
  if (log.href === null) return <p>Its log is not among the run's files.</p>
  if (log.bytes === 0) return <p>The log is empty.</p>
  return (
    <p>
      The logs of this run are larger than what a page can hold, and this one is not in it. It lies beside the
      page: <a href={log.href}>{oneLine(decodeURI(log.href))}</a>, {formatBytes(log.bytes)}.
    </p>
  )
}

function Viewer({ data, n, attempt, line, embedded }: Props & { embedded: number }) {
  const check = data.checks[n] as CheckSummary
  const log = useLog(embedded)
  const [text, setText] = useState('')
  const [speakers, setSpeakers] = useState<ReadonlySet<string | null>>(new Set())
  const nodes = useMemo(() => new Set(check.nodes.map(({ name }) => name)), [check])
  const query: LogQuery = useMemo(() => ({ text, speakers, nodes }), [text, speakers, nodes])
  const failure = useFailureLine(data, n, attempt, log)
  const { rows, search } = useRows(log, query)
  const hits = useHits(search.hits, text)
  const [goal, goTo] = useGoal(line ?? failure, hits.line)
  if (!log) return <p class="empty">Reading…</p>
  return (
    <>
      <LogToolbar
        nodes={[...nodes]}
        query={query}
        setText={setText}
        setSpeakers={setSpeakers}
        hits={hits}
        isDone={search.isDone}
        failureHref={
          failure === null ? null : hrefOf({ view: 'log', check: n, attempt, line: failure }, data.checks)
        }
        goToFailure={() => goTo(failure)}
      />
      {log.index.problem && <p>The log could not be read to its end: {log.index.problem}.</p>}
      <LogLines
        log={log}
        rows={rows}
        query={query}
        goal={goal}
        hrefOfLine={(one) => hrefOf({ view: 'log', check: n, attempt, line: one }, data.checks)}
      />
    </>
  )
}
