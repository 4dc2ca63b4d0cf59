import { formatSeconds } from '../../model/units.ts'
import { oneLine } from '../../reporters/safe-text.ts'
import type { CheckSummary, PageData } from '../data.ts'
import { hrefOf } from '../routes.ts'
import { OutcomeMark } from '../shared/outcome.tsx'
import { formatBytes } from '../shared/words.ts'

/** Every attempt with its log, earlier ones too. */
export function Attempts({ data, n }: { data: PageData; n: number }) {
  const { logs } = data.checks[n] as CheckSummary
  if (logs.length === 0) return null
  return (
    <section aria-labelledby="attempts-title">
      <h2 id="attempts-title">{logs.length === 1 ? 'Log' : 'Attempts'}</h2>
      <ol class="attempts">
        {logs.map(({ attempt, outcome, why, seconds, href, bytes, embedded }) => (
          <li key={attempt}>
            <OutcomeMark outcome={outcome} />
            <span>
              Attempt {attempt}
              {seconds !== null && <span class="soft">, {formatSeconds(seconds)}</span>}
            </span>
            {embedded !== null && (
              <a href={hrefOf({ view: 'log', check: n, attempt, line: null }, data.checks)}>Read the log</a>
            )}
            {href !== null && (
              <a class="soft" href={href}>
                driver.log, {formatBytes(bytes)}
              </a>
            )}
            {href === null && <span class="soft">its log is not among the run's files</span>}
            {why !== null && <span class="attempt-message">{oneLine(why)}</span>}
          </li>
        ))}
      </ol>
    </section>
  )
}
