import { useEffect, useRef } from 'preact/hooks'
import type { Assertion } from '../../model/assertion.ts'
import { formatSeconds } from '../../model/units.ts'
import { oneLine, safeLines } from '../../reporters/safe-text.ts'
import { placeOf } from '../../reporters/wording.ts'
import type { PageData } from '../data.ts'
import { TallyMark, tallyLooks } from '../shared/outcome.tsx'
import { Quote } from './failure-section.tsx'
import { LineLink } from './line-link.tsx'
import { showsMore, type TreeRow } from './tree.ts'

/** Of each level, in pixels. */
const indent = 18

interface Props {
  data: PageData
  n: number
  row: TreeRow
  /** Its place in the list. */
  at: number
  /** In pixels. */
  top: number
  isOpen: boolean
  isFocusable: boolean
  longest: number
  toggle(at: number): void
  measure(key: string, height: number): void
}

/** A phase, a subtest or an assertion; open, an assertion shows all that is known of it. */
export function AssertionRow(props: Props) {
  const { row, at, top, isOpen, isFocusable, longest, toggle, measure } = props
  const { node, level, position, siblings } = row
  const element = useRef<HTMLDivElement>(null)
  const shows = isOpen && showsMore(node)
  useEffect(() => {
    if (!shows || !element.current) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) measure(node.key, Math.ceil(entry.borderBoxSize[0]?.blockSize ?? 0))
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [shows, node.key])
  return (
    <div
      ref={element}
      class="tree-row"
      role="treeitem"
      data-row={at}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={isOpen}
      tabIndex={isFocusable ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the tree around it takes the keys */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
      <div
        class="tree-line"
        style={{ paddingInlineStart: `${(level - 1) * indent}px` }}
        onClick={() => toggle(at)}
      >
        <span class="twisty" aria-hidden="true">
          {isOpen ? '▾' : '▸'}
        </span>
        <TallyMark tally={node.tally} />
        <Words row={row} />
        <Time seconds={node.seconds} longest={longest} />
      </div>
      {shows && node.assertion && <Detail {...props} assertion={node.assertion} />}
    </div>
  )
}

function Words({ row: { node } }: { row: TreeRow }) {
  const { assertion, type, text } = node
  if (!assertion || assertion.kind === 'subtest') {
    return <span class={`tree-text tree-${type === 'phase' ? 'phase' : 'subtest'}`}>{oneLine(text)}</span>
  }
  return (
    <span class="tree-text">
      {assertion.node && <span class="node-name">{assertion.node} </span>}
      <span class="soft">{assertion.kind}</span> <code>{oneLine(text)}</code>
    </span>
  )
}

function Time({ seconds, longest }: { seconds: number | null; longest: number }) {
  if (seconds === null) return null
  return (
    <span class="tree-time">
      <span class="bar" aria-hidden="true">
        <span style={{ width: longest > 0 ? `${(100 * seconds) / longest}%` : '0' }} />
      </span>
      {formatSeconds(seconds)}
    </span>
  )
}

/** What a row can show of a text. */
const rowLetters = 60

function Detail({ data, n, row, assertion }: Props & { assertion: Assertion }) {
  const place = placeOf(assertion)
  const isCut = assertion.text.includes('\n') || assertion.text.length > rowLetters
  return (
    <div class="tree-detail" style={{ paddingInlineStart: `${(row.level - 1) * indent + 42}px` }}>
      <p class="soft">
        {place.length > 0 && `${place.join(' › ')} · `}
        {tallyLooks[assertion.caught && assertion.outcome !== 'passed' ? 'caught' : assertion.outcome].words}
        {' · '}
        <LineLink data={data} n={n} line={assertion.line} />
      </p>
      {assertion.message !== null && <p class="tree-message">{safeLines(assertion.message).join('\n')}</p>}
      {isCut && <Quote title="Demanded" text={assertion.text} />}
      <Quote title="Output" text={assertion.output ?? ''} />
    </div>
  )
}
