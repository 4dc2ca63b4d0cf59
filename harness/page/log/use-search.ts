import { useEffect, useState } from 'preact/hooks'
import { asksNothing, type LogFindings, type LogQuery, searchLog } from './log-search.ts'
import type { LogText } from './log-text.ts'

/** What a search has found so far. */
export interface SearchState extends LogFindings {
  isDone: boolean
}

const nothing: SearchState = { shown: null, hits: [], isDone: true }
/** Between two updates of what is shown. */
const showEveryMs = 120
/** Whoever types has not finished the word. */
const typingMs = 150

/** Searches a log while the reader goes on reading; a new query ends the search before. */
export function useSearch(log: LogText | null, query: LogQuery): SearchState {
  const [state, setState] = useState(nothing)
  useEffect(() => {
    if (!log || asksNothing(query)) {
      setState(nothing)
      return
    }
    let isWanted = true
    const search = async () => {
      let shownAt = 0
      let found: LogFindings = nothing
      const show = (isDone: boolean) =>
        // The arrays grow; a copy of millions of lines at every step would be felt.
        setState({ ...found, isDone })
      for await (found of searchLog(log, query)) {
        if (!isWanted) return
        if (performance.now() - shownAt < showEveryMs) continue
        shownAt = performance.now()
        show(false)
        // Decoding alone would leave the browser no time to draw.
        await new Promise((resolve) => setTimeout(resolve))
      }
      if (isWanted) show(true)
    }
    const timer = setTimeout(() => void search(), typingMs)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [log, query])
  return state
}
