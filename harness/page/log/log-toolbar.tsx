import type { LogQuery } from './log-search.ts'
import type { Hits } from './use-hits.ts'

interface Props {
  nodes: readonly string[]
  query: LogQuery
  setText(text: string): void
  setSpeakers(speakers: ReadonlySet<string | null>): void
  hits: Hits
  isDone: boolean
  failureHref: string | null
  goToFailure(): void
}

/** Search, and whose lines are shown. */
export function LogToolbar(props: Props) {
  const { nodes, query, failureHref, goToFailure, setSpeakers } = props
  const speakers: (string | null)[] = nodes.length > 0 ? [...nodes, null] : []
  const toggle = (speaker: string | null) => {
    const chosen = new Set(query.speakers)
    if (!chosen.delete(speaker)) chosen.add(speaker)
    setSpeakers(chosen)
  }
  return (
    <div class="toolbar log-toolbar">
      <SearchBox {...props} />
      {speakers.length > 1 && (
        <fieldset class="chips speakers">
          <legend class="unseen">Show only the lines of</legend>
          {speakers.map((speaker) => (
            <button
              key={speaker ?? ''}
              type="button"
              class={`chip ${nodeClass(nodes, speaker)}`}
              aria-pressed={query.speakers.has(speaker)}
              onClick={() => toggle(speaker)}
            >
              {speaker ?? 'driver'}
            </button>
          ))}
        </fieldset>
      )}
      {failureHref !== null && (
        <a href={failureHref} onClick={goToFailure}>
          Where it failed
        </a>
      )}
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
