import { useMemo, useState } from 'preact/hooks'
import { formatSeconds } from '../../model/units.ts'
import { oneLine } from '../../reporters/safe-text.ts'
import { whoAndWhat } from '../../reporters/wording.ts'
import type { CheckDetails, CheckSummary, PageData } from '../data.ts'
import { LineLink } from './line-link.tsx'
import {
  buildTree,
  filterTree,
  longestSeconds,
  slowestFirst,
  type TreeFilter,
  type TreeNode,
} from './tree.ts'
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
  const slowest = useMemo(() => slowestFirst(tree)[0], [tree])
  if (details.assertions.length === 0) return null
  const hasTrouble = check.tallies.passed < details.assertions.length
  const isNarrowed = filter.text !== '' || filter.onlyTrouble
  return (
    <section class="tree-section" aria-labelledby="tree-title">
      <h2 id="tree-title">
        {check.attempts === 0 ? 'What an earlier run showed' : 'What ran'}{' '}
        <span class="soft">{details.assertions.length.toLocaleString('en')} assertions</span>
      </h2>
      {slowest?.assertion && details.assertions.length > 1 && <Slowest data={data} n={n} node={slowest} />}
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

/** In a long tree it may stand in a phase that is closed. */
function Slowest({ data, n, node }: { data: PageData; n: number; node: TreeNode }) {
  const { assertion, seconds, text } = node
  if (!assertion || seconds === null) return null
  return (
    <p class="slowest">
      <span class="soft">The slowest took </span>
      {formatSeconds(seconds)}
      <span class="soft">: </span>
      {whoAndWhat(assertion)} <code>{oneLine(text)}</code>
      <span class="soft">, </span>
      <LineLink data={data} n={n} line={assertion.line} />
    </p>
  )
}
