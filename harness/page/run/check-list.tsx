import { useMemo, useState } from 'preact/hooks'
import type { Outcome } from '../../model/outcome.ts'
import { outcomeLooks } from '../../reporters/style.ts'
import type { PageData } from '../data.ts'
import { hrefOf } from '../routes.ts'
import { outcomesByWeight } from '../shared/words.ts'
import {
  byReason,
  type CheckFilter,
  type CheckOrder,
  checkOrders,
  filtered,
  type ListedCheck,
} from './check-filter.ts'
import { CheckRow } from './check-row.tsx'

/** Rows drawn at once; a run of more checks shows the others when asked. */
const page = 300

/** Kept while the page is open, so that whoever comes back from a check finds the list as it was. */
let lastFilter: CheckFilter = { text: '', outcomes: new Set(), order: 'trouble' }

/** All checks of a run, narrowed and ordered as the reader likes. */
export function CheckList({ data }: { data: PageData }) {
  const [filter, setFilter] = useState(lastFilter)
  const [shown, setShown] = useState(page)
  const change = (part: Partial<CheckFilter>) => {
    lastFilter = { ...filter, ...part }
    setFilter(lastFilter)
    setShown(page)
  }
  const matching = useMemo(() => filtered(data.checks, filter), [data, filter])
  const ran = matching.filter(({ check }) => check.outcome !== 'skipped')
  const skipped = matching.filter(({ check }) => check.outcome === 'skipped')
  const longest = Math.max(0, ...data.checks.map(({ seconds }) => seconds ?? 0))
  return (
    <>
      <FilterBar data={data} filter={filter} change={change} matching={matching.length} />
      {matching.length === 0 && <p class="empty">No check matches.</p>}
      <ul class="check-list">
        {ran.slice(0, shown).map((one) => (
          <CheckRow key={one.n} data={data} n={one.n} longest={longest} />
        ))}
      </ul>
      {ran.length > shown && (
        <button type="button" onClick={() => setShown(shown + page)}>
          Show {Math.min(page, ran.length - shown)} more of {ran.length - shown}
        </button>
      )}
      <Skipped data={data} skipped={skipped} />
    </>
  )
}

interface FilterBarProps {
  data: PageData
  filter: CheckFilter
  change(part: Partial<CheckFilter>): void
  matching: number
}

function FilterBar({ data, filter, change, matching }: FilterBarProps) {
  const present = outcomesByWeight.filter((one) => data.checks.some(({ outcome }) => outcome === one))
  const toggle = (outcome: Outcome) => {
    const outcomes = new Set(filter.outcomes)
    if (!outcomes.delete(outcome)) outcomes.add(outcome)
    change({ outcomes })
  }
  return (
    <search class="toolbar" aria-label="Checks">
      <input
        type="search"
        aria-label="Search checks by name, message, node or tag"
        placeholder="Search checks"
        value={filter.text}
        onInput={(event) => change({ text: event.currentTarget.value })}
      />
      {present.length > 1 && (
        <fieldset class="chips">
          <legend class="unseen">Outcomes</legend>
          {present.map((outcome) => (
            <button
              key={outcome}
              type="button"
              class="chip"
              aria-pressed={filter.outcomes.has(outcome)}
              onClick={() => toggle(outcome)}
            >
              {outcomeLooks[outcome].words}
            </button>
          ))}
        </fieldset>
      )}
      <select
        aria-label="Order"
        value={filter.order}
        onChange={(event) => change({ order: event.currentTarget.value as CheckOrder })}
      >
        {Object.entries(checkOrders).map(([order, words]) => (
          <option key={order} value={order}>
            {words}
          </option>
        ))}
      </select>
      <span class="unseen" role="status">
        {matching} of {data.checks.length} checks
      </span>
    </search>
  )
}

/** What did not run: by the reason, because on a host without KVM dozens share it. */
function Skipped({ data, skipped }: { data: PageData; skipped: ListedCheck[] }) {
  if (skipped.length === 0) return null
  return (
    <section class="skipped">
      <h2>Did not run</h2>
      {[...byReason(skipped)].map(([reason, checks]) => (
        <div key={reason} class="skip-reason">
          <p>{reason}</p>
          <ul class="names">
            {checks.map(({ n, check }) => (
              <li key={n}>
                <a href={hrefOf({ view: 'check', check: n }, data.checks)}>{check.title}</a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}
