import { useEffect, useRef, useState } from 'preact/hooks'
import { copyLines } from './copy-lines.ts'
import { logLine } from './log-line.ts'
import type { LogRow, LogRows } from './log-rows.ts'
import type { LogQuery } from './log-search.ts'
import { LogSpans } from './log-spans.tsx'
import type { LogText } from './log-text.ts'
import { nodeClass } from './log-toolbar.tsx'
import { withoutCodes } from './sgr.ts'
import type { Goal } from './use-goal.ts'
import { useRowBox } from './use-row-box.ts'

interface Props {
  log: LogText
  rows: LogRows
  query: LogQuery
  goal: Goal
  hrefOfLine(line: number): string
}

/** The lines of a log, of which only those are drawn and decoded that are in view. */
export function LogLines({ log, rows, query, goal, hrefOfLine }: Props) {
  const box = useRef<HTMLElement>(null)
  const { first, end, top, height, reveal } = useRowBox(box, rows.count)
  const from = rows.count > 0 ? rows.rowAt(first).line : 1
  const to = rows.count > 0 ? rows.rowAt(Math.max(first, end - 1)).line : 1
  usePrepared(log, from, to)
  useEffect(() => {
    if (goal.line !== null) reveal(rows.rowOf(goal.line))
    // Rows that come while a search goes on do not move the reader.
  }, [goal])
  const widths = {
    '--number-width': String(log.index.lines).length,
    '--node-width': longestName(query.nodes),
  }
  const drawn = Array.from({ length: Math.max(0, end - first) }, (_, at) => rows.rowAt(first + at))
  return (
    <>
      <section
        ref={box}
        class="log-box"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={`Log, ${log.index.lines} lines`}
        onCopy={(event) => copyLines(event, log)}
      >
        {rows.count === 0 && <p class="empty log-empty">No line of this log is left to show.</p>}
        <div class="log-height" style={{ height: `${height}px`, ...widths }}>
          <div class="log-rows" style={{ transform: `translateY(${top}px)` }}>
            {drawn.map((row) => (
              <Row
                key={row.line}
                row={row}
                log={log}
                query={query}
                isMarked={row.line === goal.line}
                hrefOfLine={hrefOfLine}
              />
            ))}
          </div>
        </div>
      </section>
      {goal.line !== null && <WholeLine log={log} line={goal.line} />}
    </>
  )
}

function longestName(nodes: ReadonlySet<string>): number {
  return [...nodes].reduce((most, { length }) => Math.max(most, length), 0)
}

/** Draws again when lines that are in view have been decoded. */
function usePrepared(log: LogText, from: number, to: number): void {
  const [, redraw] = useState(0)
  useEffect(() => {
    let isShown = true
    if (log.line(from) !== null && log.line(to) !== null) return
    void log.prepare(from, to).then(() => {
      if (isShown) redraw((count) => count + 1)
    })
    return () => {
      isShown = false
    }
  }, [log, from, to])
}

interface RowProps extends Pick<Props, 'log' | 'query' | 'hrefOfLine'> {
  row: LogRow
  isMarked: boolean
}

function Row({ row, log, query, isMarked, hrefOfLine }: RowProps) {
  if (row.type === 'gap') {
    return (
      <div class="log-row log-gap">
        lines {row.line.toLocaleString('en')} to {(row.line + row.lines - 1).toLocaleString('en')} are in the
        file only
      </div>
    )
  }
  const { node, isConsole, text } = logLine(log.line(row.line) ?? '', query.nodes)
  const kind = node === null ? 'log-driver' : isConsole ? 'log-console' : 'log-remark'
  return (
    <div
      class={`log-row ${kind}${isMarked ? ' log-marked' : ''}`}
      data-line={row.line}
      aria-current={isMarked || undefined}
    >
      <a class="log-number" href={hrefOfLine(row.line)}>
        {row.line}
      </a>
      {query.nodes.size > 0 && <span class={`log-node ${nodeClass([...query.nodes], node)}`}>{node}</span>}
      <span class="log-text">
        <LogSpans text={text} query={query.text} />
      </span>
    </div>
  )
}

/** The line that was chosen, whole: rows have no room for long ones. */
function WholeLine({ log, line }: { log: LogText; line: number }) {
  const text = log.line(line)
  if (text === null) return null
  return (
    <div class="whole-line">
      <span class="soft">Line {line}</span> <code>{withoutCodes(text)}</code>
    </div>
  )
}
