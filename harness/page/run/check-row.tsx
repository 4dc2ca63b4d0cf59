import { formatSeconds } from '../../model/units.ts'
import type { CheckSummary, PageData } from '../data.ts'
import { hrefOf } from '../routes.ts'
import { OutcomeMark, outcomeTones } from '../shared/outcome.tsx'
import { executionText, isTrouble } from '../shared/words.ts'

/** One check: what it came to, and if that is no good, why. @param n its place @param longest seconds of the slowest */
export function CheckRow({ data, n, longest }: { data: PageData; n: number; longest: number }) {
  const check = data.checks[n] as CheckSummary
  const { seconds } = check
  return (
    <li class={`check-row edge-${outcomeTones[check.outcome]}`}>
      <OutcomeMark outcome={check.outcome} />
      <div class="check-name">
        <a href={hrefOf({ view: 'check', check: n }, data.checks)}>{check.title}</a>
        <Badges check={check} />
        <Why check={check} />
      </div>
      <span class="check-how soft">{[...howOf(check)].join(' · ')}</span>
      <span class="check-time">
        {seconds === null ? '' : formatSeconds(seconds)}
        {seconds !== null && longest > 0 && (
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${(100 * seconds) / longest}%` }} />
          </span>
        )}
      </span>
    </li>
  )
}

/** What is special about a check. */
export function Badges({ check: { flaky, quarantine, standing } }: { check: CheckSummary }) {
  return (
    <>
      {standing?.type === 'new' && <span class="badge tone-failed">newly failing</span>}
      {standing?.type === 'known' && <span class="badge tone-warned">failing for {standing.runs} runs</span>}
      {flaky && <span class="badge tone-warned">flaky</span>}
      {quarantine && <span class="badge tone-warned">quarantined until {quarantine.until}</span>}
    </>
  )
}

function Why({ check }: { check: CheckSummary }) {
  if (!isTrouble(check)) return null
  const { failure, failedAssertion, why } = check
  const place = [failedAssertion?.phase, ...(failedAssertion?.path ?? [])].filter(Boolean).join(' › ')
  return (
    <p class="why">
      {place !== '' && <span class="soft">{place} › </span>}
      {failure?.node && !why?.startsWith(failure.node) && <span class="node-name">{failure.node}: </span>}
      <span>{why}</span>
    </p>
  )
}

function* howOf({ execution, accelerator, attempts, tallies, kind }: CheckSummary): Generator<string> {
  yield executionText({ execution, attempts })
  if (accelerator) yield accelerator
  if (kind) yield kind
  const assertions = Object.values(tallies).reduce((a, b) => a + b)
  if (assertions > 0) yield `${assertions} ${assertions === 1 ? 'assertion' : 'assertions'}`
  if (attempts > 1) yield `${attempts} attempts`
}
