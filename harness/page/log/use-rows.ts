import { useMemo } from 'preact/hooks'
import { allRows, type LogRows, someRows } from './log-rows.ts'
import type { LogQuery } from './log-search.ts'
import type { LogText } from './log-text.ts'
import { type SearchState, useSearch } from './use-search.ts'

/** The rows that a query leaves of a log, and what it found in them. */
export function useRows(log: LogText | null, query: LogQuery): { rows: LogRows; search: SearchState } {
  const search = useSearch(log, query)
  const all = useMemo(() => allRows(log?.index ?? { segments: [] }), [log])
  const rows = useMemo(() => (search.shown ? someRows(search.shown) : all), [search, all])
  return { rows, search }
}
