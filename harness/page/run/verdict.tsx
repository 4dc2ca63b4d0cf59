import { outcomeLooks } from '../../reporters/style.ts'
import type { PageData } from '../data.ts'
import { outcomeTones } from '../shared/outcome.tsx'
import { outcomesByWeight, verdictOf } from '../shared/words.ts'

/** What people look for first: did it pass, and if not, how much of it. */
export function Verdict({ data }: { data: PageData }) {
  const { outcome, text } = verdictOf(data.checks, data.run)
  // A search attempts a check several times where it both passes and fails.
  const isSearch = data.run.sweep?.type === 'search'
  const flaky = isSearch ? 0 : data.checks.filter((check) => check.flaky).length
  const news = data.checks.filter(({ standing }) => standing?.type === 'new').length
  const quarantined = data.checks.filter(({ quarantine }) => quarantine !== null).length
  return (
    <div class="verdict">
      <h1 tabIndex={-1}>
        <span class={`verdict-mark tone-${outcomeTones[outcome]}`} aria-hidden="true">
          {outcomeLooks[outcome].mark}
        </span>
        {text}
      </h1>
      <p class="ending">
        {data.ending}
        {news > 0 && ` ${news} newly failing.`}
        {flaky > 0 && ` ${flaky} flaky.`}
        {quarantined > 0 && ` ${quarantined} in quarantine, which fails no run.`}
      </p>
      <Proportions data={data} />
    </div>
  )
}

/** How many checks came to what, as a bar; the words beside it say the same. */
function Proportions({ data: { checks } }: { data: PageData }) {
  const counts = outcomesByWeight
    .map((outcome) => ({ outcome, count: checks.filter((check) => check.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
  return (
    <div class="proportions">
      <div class="proportion-bar" aria-hidden="true">
        {counts.map(({ outcome, count }) => (
          <span key={outcome} class={`ground-${outcomeTones[outcome]}`} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul class="counts">
        {counts.map(({ outcome, count }) => (
          <li key={outcome}>
            <span class={`mark tone-${outcomeTones[outcome]}`} aria-hidden="true">
              {outcomeLooks[outcome].mark}
            </span>{' '}
            <b>{count}</b> {outcomeLooks[outcome].words}
          </li>
        ))}
      </ul>
    </div>
  )
}
