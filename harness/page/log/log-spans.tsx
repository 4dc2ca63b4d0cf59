import { markedParts } from './log-search.ts'
import { spansOf } from './sgr.ts'

/** A line with its colours, and what a search found in it. */
export function LogSpans({ text, query }: { text: string; query: string }) {
  return (
    <>
      {spansOf(text).map(({ text: part, classes }, at) => (
        <span key={at} class={classes}>
          {query === ''
            ? part
            : markedParts(part, query).map((one, place) =>
                one.isHit ? <mark key={place}>{one.text}</mark> : one.text,
              )}
        </span>
      ))}
    </>
  )
}
