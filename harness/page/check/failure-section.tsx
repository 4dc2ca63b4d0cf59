import type { Assertion } from '../../model/assertion.ts'
import type { Diagnosis } from '../../model/report.ts'
import { formatSeconds } from '../../model/units.ts'
import { safeLines } from '../../reporters/safe-text.ts'
import { placeOf, whoAndWhat } from '../../reporters/wording.ts'
import type { CheckDetails, CheckSummary, PageData } from '../data.ts'
import { outcomeTones } from '../shared/outcome.tsx'
import { Printed } from '../shared/printed.tsx'
import { Symptoms } from './appendix.tsx'
import { Consoles } from './consoles.tsx'
import { LineLink } from './line-link.tsx'

interface Props {
  data: PageData
  n: number
  details: CheckDetails
}

/** In letters: a message may be what a whole program printed. */
const longestHeadline = 400

/** Why a check did not pass, complete: what was demanded, what came, where in the script, what the consoles said. */
export function FailureSection({ data, n, details }: Props) {
  const check = data.checks[n] as CheckSummary
  const { failure, outcome } = check
  const cause = failure?.assertion ?? null
  const assertion = cause === null ? null : (details.assertions[cause] ?? null)
  const message = safeLines(check.why ?? '').join('\n')
  const headline = message.length > longestHeadline ? `${message.slice(0, longestHeadline)}…` : message
  return (
    <section class={`failure edge-${outcomeTones[outcome]}`} aria-labelledby="failure-title">
      <h2 id="failure-title" class={`failure-title tone-${outcomeTones[outcome]}`}>
        {headline}
      </h2>
      {assertion && <Where data={data} n={n} assertion={assertion} message={message} />}
      {!assertion && failure?.node && <p>Node {failure.node}</p>}
      {details.diagnosis.map((one) => (
        <DiagnosisNote key={one.id} data={data} n={n} diagnosis={one} />
      ))}
      {headline !== message && <Quote title="Message" text={message} />}
      <Quote title="Output" text={assertion?.output ?? ''} />
      <Quote title="Script" text={(failure?.traceback ?? []).join('\n')} />
      <Quote title="Details" text={details.details.join('\n')} />
      <Symptoms data={data} n={n} details={details} />
      <Consoles data={data} n={n} details={details} />
    </section>
  )
}

function Where({
  data,
  n,
  assertion,
  message,
}: Pick<Props, 'data' | 'n'> & { assertion: Assertion; message: string }) {
  const place = placeOf(assertion)
  const text = safeLines(assertion.text)
  const isTold = text.length === 1 && message.includes(text[0] ?? '')
  return (
    <>
      <p class="where">
        {place.length > 0 && <span>{place.join(' › ')} › </span>}
        <b>{whoAndWhat(assertion)}</b>
        <span class="soft">
          {assertion.seconds !== null && ` for ${formatSeconds(assertion.seconds)}`},{' '}
          <LineLink data={data} n={n} line={assertion.line} />
        </span>
      </p>
      {!isTold && text.length > 0 && <pre class="demanded">{text.join('\n')}</pre>}
    </>
  )
}

/** Printed text under a heading; nothing without text. */
export function Quote({ title, text }: { title: string; text: string }) {
  const lines = safeLines(text)
  if (lines.length === 0) return null
  return (
    <div class="quote">
      <h3>{title}</h3>
      <Printed label={title}>{lines.join('\n')}</Printed>
    </div>
  )
}

function DiagnosisNote({ data, n, diagnosis }: Pick<Props, 'data' | 'n'> & { diagnosis: Diagnosis }) {
  const { title, confidence, advice, evidence } = diagnosis
  return (
    <div class="diagnosis">
      <h3>
        {title} <span class="badge">{confidence} confidence</span>
      </h3>
      <p>{advice}</p>
      {evidence.length > 0 && (
        <ul class="evidence">
          {evidence.map(({ line, node, text }) => (
            <li key={`${line} ${text}`}>
              <LineLink data={data} n={n} line={line} /> {node !== null && <b>{node}: </b>}
              <code>{text}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
