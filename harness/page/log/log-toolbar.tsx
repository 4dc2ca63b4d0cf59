import type { LogQuery } from './log-search.ts'
import type { Hits } from './use-hits.ts'

interface Props {
  nodes: readonly string[]
  query: LogQuery
  setText(text: string): void
  setHidden(hidden: ReadonlySet<string | null>): void
  hits: Hits
  isDone: boolean
  failureHref: string | null
}

/** Search, and whose lines are shown. */
export function LogToolbar({ nodes, query, setText, setHidden, hits, isDone, failureHref }: Props) {
  const speakers: (string | null)[] = nodes.length > 0 ? [...nodes, null] : []
  const toggle = (speaker: string | null) => {
    const hidden = new Set(query.hidden)
    if (!hidden.delete(speaker)) hidden.add(speaker)
    // With nobody left there would be nothing to read.
    setHidden(hidden.size === speakers.length ? new Set() : hidden)
  }
  return (
    <div class="toolbar log-toolbar">
      <SearchBox query={query} setText={setText} hits={hits} isDone={isDone} />
      {speakers.length > 1 && (
        <fieldset class="chips">
          <legend class="unseen">Whose lines are shown</legend>
          {speakers.map((speaker) => (
            <button
              key={speaker ?? ''}
              type="button"
              class={`chip ${nodeClass(nodes, speaker)}`}
              aria-pressed={!query.hidden.has(speaker)}
              onClick={() => toggle(speaker)}
            >
              {speaker ?? 'driver'}
            </button>
          ))}
        </fieldset>
      )}
      {failureHref !== null && <a href={failureHref}>Where it failed</a>}
    </div>
  )
}

/** Every node has a colour of its own, as far as there are some. */
export function nodeClass(nodes: readonly string[], node: string | null): string {
  return node === null ? '' : `node-${nodes.indexOf(node) % 6}`
}

function SearchBox({ query, setText, hits, isDone }: Pick<Props, 'query' | 'setText' | 'hits' | 'isDone'>) {
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    hits.go(event.shiftKey ? -1 : 1)
  }
  return (
    <search class="log-search">
      <input
        type="search"
        aria-label="Search this log"
        placeholder="Search this log"
        value={query.text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
      />
      {query.text !== '' && (
        <>
          <span class="hits" role="status">
            {hits.count === 0 ? (isDone ? 'not found' : 'searching') : `${hits.at + 1} of ${hits.count}`}
            {hits.count > 0 && !isDone && ' so far'}
          </span>
          <button type="button" class="quiet" aria-label="Previous hit" onClick={() => hits.go(-1)}>
            ↑
          </button>
          <button type="button" class="quiet" aria-label="Next hit" onClick={() => hits.go(1)}>
            ↓
          </button>
        </>
      )}
    </search>
  )
}
