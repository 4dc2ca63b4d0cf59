import { useMemo, useState } from 'preact/hooks'
import type { CheckDetails, CheckSummary, PageData } from '../data.ts'
import { buildTree, filterTree, longestSeconds, slowestFirst, type TreeFilter } from './tree.ts'
import { TreeView } from './tree-view.tsx'

/** What the script demanded: phases, subtests, assertions, with the time that each took. */
export function TreeSection({ data, n, details }: { data: PageData; n: number; details: CheckDetails }) {
  const [filter, setFilter] = useState<TreeFilter>({ text: '', onlyTrouble: false })
  const [bySlowness, setBySlowness] = useState(false)
  const tree = useMemo(() => buildTree(details.assertions), [details])
  const shown = useMemo(() => {
    const narrowed = filterTree(tree, filter)
    return bySlowness ? slowestFirst(narrowed) : narrowed
  }, [tree, filter, bySlowness])
  const longest = useMemo(() => longestSeconds(bySlowness ? shown : tree), [tree, shown, bySlowness])
  const check = data.checks[n] as CheckSummary
  if (details.assertions.length === 0) return null
  const hasTrouble = check.tallies.passed < details.assertions.length
  const isNarrowed = filter.text !== '' || filter.onlyTrouble
  return (
    <section class="tree-section" aria-labelledby="tree-title">
      <h2 id="tree-title">
        {check.attempts === 0 ? 'What an earlier run showed' : 'What ran'}{' '}
        <span class="soft">{details.assertions.length.toLocaleString('en')} assertions</span>
      </h2>
      <div class="toolbar">
        <input
          type="search"
          aria-label="Search assertions"
          placeholder="Search assertions"
          value={filter.text}
          onInput={(event) => setFilter({ ...filter, text: event.currentTarget.value })}
        />
        <button
          type="button"
          class="chip"
          aria-pressed={bySlowness}
          onClick={() => setBySlowness(!bySlowness)}
        >
          slowest first
        </button>
        {hasTrouble && (
          <button
            type="button"
            class="chip"
            aria-pressed={filter.onlyTrouble}
            onClick={() => setFilter({ ...filter, onlyTrouble: !filter.onlyTrouble })}
          >
            not passed
          </button>
        )}
      </div>
      {shown.length === 0 ? (
        <p class="empty">No assertion matches.</p>
      ) : (
        <TreeView
          key={`${bySlowness} ${isNarrowed}`}
          data={data}
          n={n}
          tree={shown}
          longest={longest}
          isNarrowed={isNarrowed}
        />
      )}
    </section>
  )
}
