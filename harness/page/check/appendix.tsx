import type { CheckDetails, CheckSummary, PageData } from '../data.ts'
import { LineLink } from './line-link.tsx'

/** Values that the script recorded. */
export function Metrics({ details: { metrics } }: { details: CheckDetails }) {
  if (metrics.length === 0) return null
  return (
    <section aria-labelledby="metrics-title">
      <h2 id="metrics-title">Metrics</h2>
      <dl class="metrics">
        {metrics.slice(0, mostShown).map(({ name, value, unit, node }, at) => (
          <div key={at} class="fact">
            <dt>
              {name}
              {node !== null && ` of ${node}`}
            </dt>
            <dd>
              {Number(value.toPrecision(6))} <span class="soft">{unit}</span>
            </dd>
          </div>
        ))}
      </dl>
      <More count={metrics.length} />
    </section>
  )
}

/** Known patterns in consoles and logs. */
export function Symptoms({ data, n, details }: { data: PageData; n: number; details: CheckDetails }) {
  if (details.symptoms.length === 0) return null
  return (
    <section class="symptoms" aria-label="Seen in the log">
      <h2 class="symptoms-title">Seen in the log</h2>
      <ul class="evidence">
        {details.symptoms.map(({ symptom, node, line, text }) => (
          <li key={`${line} ${symptom}`}>
            <span class="badge tone-warned">{symptom}</span> <LineLink data={data} n={n} line={line} />{' '}
            {node !== null && <b>{node}: </b>}
            <code>{text}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Files that the script named; pictures are shown. */
export function Attachments({ details: { attachments } }: { details: CheckDetails }) {
  if (attachments.length === 0) return null
  return (
    <section aria-labelledby="attachments-title">
      <h2 id="attachments-title">Attachments</h2>
      <ul class="attachments">
        {attachments.slice(0, mostShown).map(({ name, href, isImage }) => (
          <li key={name}>
            {href !== null && isImage && (
              <a href={href}>
                <img src={href} alt={`Screenshot ${name}`} loading="lazy" />
              </a>
            )}
            {href === null ? (
              <span>
                {name} <span class="soft">is not among the run's files</span>
              </span>
            ) : (
              <a href={href}>{name}</a>
            )}
          </li>
        ))}
      </ul>
      <More count={attachments.length} />
    </section>
  )
}

/** A script may print as many as it likes. */
const mostShown = 200

function More({ count }: { count: number }) {
  return count > mostShown ? <p class="soft">{count - mostShown} more are in run.json.</p> : null
}

/** Remarks. */
export function Notes({ check: { notes } }: { check: CheckSummary }) {
  if (notes.length === 0) return null
  return (
    <section aria-labelledby="notes-title">
      <h2 id="notes-title">Notes</h2>
      <ul class="notes">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  )
}
