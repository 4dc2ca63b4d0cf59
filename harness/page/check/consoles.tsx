import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { CheckDetails, CheckSummary, PageData } from '../data.ts'
import type { ConsolePart } from '../log/log-line.ts'
import { LogSpans } from '../log/log-spans.tsx'
import type { LogText } from '../log/log-text.ts'
import { useLog } from '../log/use-log.ts'
import { hrefOf } from '../routes.ts'
import { Printed } from '../shared/printed.tsx'
import { useMore } from '../views/more.tsx'
import { consolesAround } from './consoles-around.ts'

interface Props {
  data: PageData
  n: number
  details: CheckDetails
}

/** Drawn at once: a check may have hundreds of nodes. */
const portion = 16

/** What the consoles of all nodes said right before it failed, the culprit's first. */
export function Consoles({ data, n, details }: Props) {
  const check = data.checks[n] as CheckSummary
  const attempt = check.logs.at(-1)
  const log = useLog(attempt?.embedded ?? null)
  const parts = useConsoles(check, details, log)
  const { shown, button } = useMore(parts.length, portion)
  const culprit = check.failure?.node ?? null
  const ordered = parts.toSorted((a, b) => Number(b.node === culprit) - Number(a.node === culprit))
  if (ordered.length === 0 || !attempt) return null
  const href = (line: number) =>
    hrefOf({ view: 'log', check: n, attempt: attempt.attempt, line }, data.checks)
  return (
    <div class="consoles">
      {ordered.slice(0, shown).map((part) => (
        <ConsolePanel key={part.node} part={part} isCulprit={part.node === culprit} href={href} />
      ))}
      {button}
    </div>
  )
}

/** From the journal at first; with colours and line numbers when the log has been read. */
function useConsoles(check: CheckSummary, details: CheckDetails, log: LogText | null): ConsolePart[] {
  const [parts, setParts] = useState(() => fromJournal(details))
  useEffect(() => {
    if (!log) return
    let isShown = true
    const nodes = check.nodes.map(({ name }) => name)
    const cause = details.assertions[check.failure?.assertion ?? -1]
    void consolesAround(log, nodes, cause?.line ?? null).then((found) => {
      const known = found.filter(({ lines }) => lines.length > 0)
      if (isShown && known.length > 0) setParts(known)
    })
    return () => {
      isShown = false
    }
  }, [log, check, details])
  return parts
}

function fromJournal({ consoles }: CheckDetails): ConsolePart[] {
  return consoles.map(({ node, lines }) => ({ node, lines: lines.map((text) => ({ line: 0, text })) }))
}

interface PanelProps {
  part: ConsolePart
  isCulprit: boolean
  href(line: number): string
}

function ConsolePanel({ part: { node, lines }, isCulprit, href }: PanelProps) {
  const last = lines.at(-1)?.line ?? 0
  const text = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    // What was said last matters most.
    if (text.current) text.current.scrollTop = text.current.scrollHeight
  }, [lines])
  return (
    <div class="quote console">
      <div class="console-head">
        <h3>
          {node} <span class="soft">console{isCulprit ? ', where it failed' : ''}</span>
        </h3>
        {last > 0 && (
          <a href={href(last)} aria-label={`Console of ${node} in the log`}>
            in the log
          </a>
        )}
      </div>
      <Printed label={`Last lines of the console of ${node}`} box={text}>
        {lines.map((line, at) => (
          <span key={at} class="console-line">
            <LogSpans text={line.text} query="" />
            {'\n'}
          </span>
        ))}
      </Printed>
    </div>
  )
}
